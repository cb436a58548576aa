import { DARKNET_TINY_CHANNELS, darknetTinyForm } from '../features/darknet-tiny.js';
import type { Recogniser } from './recogniser.js';

/** The first fourteen convolutions of Darknet tiny. */
export const DARKNET_TINY_RECOGNISER: Recogniser = {
  layers: DARKNET_TINY_CHANNELS.map((filters, i) => ({
    name: `semantic_${i + 1}`,
    filters,
    ...darknetTinyForm(i + 1),
    stride: 1,
    depthwise: false,
    activation: 'leaky',
  })),
  taps: [14, 10, 6].map((number) => ({ from: `semantic_${number}`, lateral: `semantic_lateral_${number}` })),
  step: 16,
};
