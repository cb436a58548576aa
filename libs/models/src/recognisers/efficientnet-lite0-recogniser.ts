import { EFFICIENTNET_LITE0_BLOCKS, EFFICIENTNET_LITE0_STEM } from '../features/efficientnet-lite0.js';
import type { Recogniser, RecogniserLayer } from './recogniser.js';

/**
 * Strides at which the pyramid takes what the last block of that stride gives, deepest first, and what brings those values,
 * which no activation bounds, to a size of about 1 for the published weights and pictures.
 */
const TAPS = [
  { at: 32, scale: 0.6 },
  { at: 16, scale: 0.2 },
  { at: 8, scale: 0.1 },
  { at: 4, scale: 0.1 },
];

/** EfficientNet-Lite0 without what follows its last block (Tan and Le 2019; Liu 2020: no squeeze and excitation, ReLU6). */
export const EFFICIENTNET_LITE0_RECOGNISER: Recogniser = make();

function make(): Recogniser {
  const plain = { pooled: false, depthwise: false, stride: 1 } as const;
  const layers: RecogniserLayer[] = [
    {
      ...plain,
      name: 'semantic_stem',
      filters: EFFICIENTNET_LITE0_STEM,
      kernelSize: 3,
      stride: 2,
      activation: 'relu6',
    },
  ];
  const last = new Map<number, string>();
  let [inputs, stride, before] = [EFFICIENTNET_LITE0_STEM, 2, 'semantic_stem'];
  for (const [i, block] of EFFICIENTNET_LITE0_BLOCKS.entries()) {
    const name = `semantic_${i + 1}`;
    const inside = inputs * block.expansion;
    if (block.expansion > 1) {
      layers.push({ ...plain, name: `${name}_expand`, filters: inside, kernelSize: 1, activation: 'relu6' });
    }
    layers.push({ ...plain, name: `${name}_depthwise`, filters: inside, kernelSize: block.kernelSize, stride: block.stride, depthwise: true, activation: 'relu6' }); // prettier-ignore
    const same = block.stride === 1 && block.filters === inputs;
    layers.push({ ...plain, name: `${name}_project`, filters: block.filters, kernelSize: 1, activation: 'linear', ...(same ? { plus: before } : {}) }); // prettier-ignore
    [inputs, stride, before] = [block.filters, stride * block.stride, `${name}_project`];
    last.set(stride, before);
  }
  const taps = TAPS.map(({ at, scale }) => ({ from: last.get(at)!, lateral: `semantic_lateral_at_${at}`, scale }));
  return { layers, taps, step: 32 };
}
