import type { Semantics } from '../generator-config.js';
import { DARKNET_TINY_RECOGNISER } from './darknet-tiny-recogniser.js';
import { EFFICIENTNET_LITE0_RECOGNISER } from './efficientnet-lite0-recogniser.js';

/** A convolution of a recogniser, as TensorFlow's "same" pads it, with a bias and then an activation. */
export interface RecogniserLayer {
  readonly name: string;
  /** Channels of its result; of a depthwise one those that it gets. */
  readonly filters: number;
  readonly kernelSize: 1 | 3 | 5;
  readonly stride: 1 | 2;
  /** Each channel by itself. */
  readonly depthwise: boolean;
  /** Leaky ReLU of slope 0.1 below 0, ReLU up to 6, or nothing. */
  readonly activation: 'leaky' | 'relu6' | 'linear';
  /** A 2×2 max-pool of stride 2 follows. */
  readonly pooled: boolean;
  /** The layer whose result is added to this one's. */
  readonly plus?: string;
}

/** Where the pyramid takes values from the recogniser: the result of a layer, before a pool. */
export interface RecogniserTap {
  readonly from: string;
  readonly lateral: string;
  /** What brings its values to a size of about 1; absent where they have it. */
  readonly scale?: number;
}

/** A classifier without its last layers, as something that sees luma in −1..1. */
export interface Recogniser {
  readonly layers: readonly RecogniserLayer[];
  /** Deepest first; each at half the stride of the one before, the last at a stride of 4. */
  readonly taps: readonly RecogniserTap[];
  /** What the sides of a picture must be multiples of. */
  readonly step: 16 | 32;
}

export type RecognisingSemantics = Exclude<Semantics, 'glance'>;

const RECOGNISERS: Readonly<Record<RecognisingSemantics, Recogniser>> = {
  'darknet-tiny': DARKNET_TINY_RECOGNISER,
  'efficientnet-lite0': EFFICIENTNET_LITE0_RECOGNISER,
};

/** The recogniser of a generator's semantic branch, if it has one. */
export const recogniserOf = (semantics: Semantics | undefined): Recogniser | undefined =>
  semantics === undefined || semantics === 'glance' ? undefined : RECOGNISERS[semantics];
