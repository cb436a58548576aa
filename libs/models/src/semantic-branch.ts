import * as tf from '@tensorflow/tfjs';
import { DARKNET_TINY_CHANNELS, DARKNET_TINY_LEAK, darknetTinyForm } from './features/darknet-tiny.js';
import type { GeneratorConfig } from './generator-config.js';

/** A convolution of the recogniser: what layer it is, and whether its result is halved. */
export interface RecogniserLayer {
  readonly name: string;
  readonly filters: number;
  readonly kernelSize: 1 | 3;
  /** A 2×2 max-pool of stride 2 follows. */
  readonly pooled: boolean;
}

/** The first fourteen convolutions of Darknet tiny, which a recogniser is made of. */
export const RECOGNISER: readonly RecogniserLayer[] = DARKNET_TINY_CHANNELS.map((filters, i) => ({
  name: `semantic_${i + 1}`,
  filters,
  ...darknetTinyForm(i + 1),
}));

/** Where the pyramid takes values from the recogniser, deepest first: at strides of 16, 8 and 4. */
export const SEMANTIC_TAPS = [
  { from: 'semantic_14', lateral: 'semantic_lateral_14' },
  { from: 'semantic_10', lateral: 'semantic_lateral_10' },
  { from: 'semantic_6', lateral: 'semantic_lateral_6' },
] as const;

/** What the branch gives the generator. */
export interface SemanticBranch {
  /** `[b, h/4, w/4, 4·width]`: to be added to what the trunk gets. */
  readonly trunk: tf.SymbolicTensor;
  /** `[b, h, w, outputChannels]`: what the generator's output is to be multiplied with, less 1. */
  readonly gain: tf.SymbolicTensor;
  /** `[b, h, w, outputChannels]`: to be added to the output, before its tanh. */
  readonly output: tf.SymbolicTensor;
}

/**
 * What is in the picture, for the generator: a recogniser of Darknet tiny's shape, and a pyramid (Lin et al. 2017) that
 * brings what it knows from strides of 16 and 8 to a stride of 4, with the mean over the picture added at its top (as in
 * Iizuka et al. 2016, section 3). It meets the generator before the residual blocks, and at the output, past every
 * instance norm. A norm takes a colour away that the whole picture has, and gives a pale picture as much of everything as
 * a vivid one: only past it can be said what all of the picture shares (a sum), and how strong its colours are (a gain).
 *
 * All ways in begin at zero, so that a generator begins as it was without the branch.
 */
export function semanticBranch(
  luma: tf.SymbolicTensor,
  { width, outputChannels }: Pick<GeneratorConfig, 'width' | 'outputChannels'>,
  init: () => ReturnType<typeof tf.initializers.heNormal>,
): SemanticBranch {
  const channels = 4 * width;
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor =>
    layer.apply(x) as tf.SymbolicTensor;
  const conv = (name: string, filters: number, kernelSize: number, zero = false): tf.layers.Layer =>
    tf.layers.conv2d({ name, filters, kernelSize, padding: 'same', kernelInitializer: zero ? 'zeros' : init() });
  const relu = (x: tf.SymbolicTensor, name: string): tf.SymbolicTensor => apply(tf.layers.reLU({ name }), x);

  const taps = new Map<string, tf.SymbolicTensor>();
  let x = luma;
  for (const { name, filters, kernelSize, pooled } of RECOGNISER) {
    x = apply(conv(name, filters, kernelSize), x);
    x = apply(tf.layers.leakyReLU({ name: `${name}_relu`, alpha: DARKNET_TINY_LEAK }), x);
    taps.set(name, x);
    if (pooled) x = apply(tf.layers.maxPooling2d({ name: `${name}_pool`, poolSize: 2 }), x);
  }

  const lateral = ({ from, lateral: name }: (typeof SEMANTIC_TAPS)[number]): tf.SymbolicTensor =>
    apply(conv(name, channels, 1), taps.get(from)!);
  const [top, ...lower] = SEMANTIC_TAPS;
  let whole = apply(tf.layers.globalAveragePooling2d({ name: 'semantic_mean' }), taps.get(top.from)!);
  whole = apply(tf.layers.dense({ name: 'semantic_context', units: channels, kernelInitializer: init() }), whole);
  whole = apply(tf.layers.reshape({ name: 'semantic_context_map', targetShape: [1, 1, channels] }), whole);
  let map = apply(tf.layers.add({ name: 'semantic_top' }), [lateral(top), whole]);
  map = relu(map, 'semantic_top_relu');
  for (const [i, tap] of lower.entries()) {
    const name = `semantic_up_${i}`;
    const up = tf.layers.conv2dTranspose({ name, filters: channels, kernelSize: 3, strides: 2, padding: 'valid', kernelInitializer: init() }); // prettier-ignore
    const dropFirst = tf.layers.cropping2D({ name: `${name}_crop`, cropping: [[1, 0], [1, 0]] }); // prettier-ignore
    const raised = apply(dropFirst, apply(up, map));
    map = relu(apply(tf.layers.add({ name: `${name}_sum` }), [raised, lateral(tap)]), `${name}_relu`);
  }
  const enlarged = (name: string): tf.SymbolicTensor => {
    const up = tf.layers.upSampling2d({ name: `${name}_up`, size: [4, 4], interpolation: 'bilinear' });
    return apply(up, apply(conv(name, outputChannels, 3, true), map));
  };
  return {
    trunk: apply(conv('semantic_trunk', channels, 1, true), map),
    gain: enlarged('semantic_gain'),
    output: enlarged('semantic_output'),
  };
}
