import * as tf from '@tensorflow/tfjs';
import { DARKNET_TINY_LEAK } from './features/darknet-tiny.js';
import type { GeneratorConfig } from './generator-config.js';
import type { Recogniser, RecogniserLayer, RecogniserTap } from './recognisers/recogniser.js';

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
 * What is in the picture, for the generator: a recogniser, which is a classifier without its end, and a pyramid (Lin et
 * al. 2017) that brings what it knows from larger strides to a stride of 4, with the mean over the picture added at its top (as in
 * Iizuka et al. 2016, section 3). It meets the generator before the residual blocks, and at the output, past every
 * instance norm. A norm takes a colour away that the whole picture has, and gives a pale picture as much of everything as
 * a vivid one: only past it can be said what all of the picture shares (a sum), and how strong its colours are (a gain).
 *
 * All ways in begin at zero, so that a generator begins as it was without the branch.
 */
export function semanticBranch(
  luma: tf.SymbolicTensor,
  { layers, taps }: Recogniser,
  { width, outputChannels }: Pick<GeneratorConfig, 'width' | 'outputChannels'>,
  init: () => ReturnType<typeof tf.initializers.heNormal>,
): SemanticBranch {
  const channels = 4 * width;
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor =>
    layer.apply(x) as tf.SymbolicTensor;
  const conv = (name: string, filters: number, kernelSize: number, zero = false): tf.layers.Layer =>
    tf.layers.conv2d({ name, filters, kernelSize, padding: 'same', kernelInitializer: zero ? 'zeros' : init() });
  const relu = (x: tf.SymbolicTensor, name: string): tf.SymbolicTensor => apply(tf.layers.reLU({ name }), x);

  const results = new Map<string, tf.SymbolicTensor>();
  let x = luma;
  for (const layer of layers) {
    x = recognise(layer, x, results, init);
    results.set(layer.name, x);
    if (layer.pooled) x = apply(tf.layers.maxPooling2d({ name: `${layer.name}_pool`, poolSize: 2 }), x);
  }

  const tapped = ({ from, lateral: name, scale }: RecogniserTap): tf.SymbolicTensor => {
    const value = results.get(from)!;
    return scale === undefined ? value : apply(tf.layers.rescaling({ name: `${name}_scale`, scale }), value);
  };
  const [top, ...lower] = taps as [RecogniserTap, ...RecogniserTap[]];
  const highest = tapped(top);
  const lateral = ({ lateral: name }: RecogniserTap, value: tf.SymbolicTensor): tf.SymbolicTensor =>
    apply(conv(name, channels, 1), value);
  let whole = apply(tf.layers.globalAveragePooling2d({ name: 'semantic_mean' }), highest);
  whole = apply(tf.layers.dense({ name: 'semantic_context', units: channels, kernelInitializer: init() }), whole);
  whole = apply(tf.layers.reshape({ name: 'semantic_context_map', targetShape: [1, 1, channels] }), whole);
  let map = apply(tf.layers.add({ name: 'semantic_top' }), [lateral(top, highest), whole]);
  map = relu(map, 'semantic_top_relu');
  for (const [i, tap] of lower.entries()) {
    const name = `semantic_up_${i}`;
    const up = tf.layers.conv2dTranspose({ name, filters: channels, kernelSize: 3, strides: 2, padding: 'valid', kernelInitializer: init() }); // prettier-ignore
    const dropFirst = tf.layers.cropping2D({ name: `${name}_crop`, cropping: [[1, 0], [1, 0]] }); // prettier-ignore
    const raised = apply(dropFirst, apply(up, map));
    map = relu(apply(tf.layers.add({ name: `${name}_sum` }), [raised, lateral(tap, tapped(tap))]), `${name}_relu`);
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

/** A layer of the recogniser, with its activation and sum. */
function recognise(
  { name, filters, kernelSize, stride, depthwise, activation, plus }: RecogniserLayer,
  x: tf.SymbolicTensor,
  results: ReadonlyMap<string, tf.SymbolicTensor>,
  init: () => ReturnType<typeof tf.initializers.heNormal>,
): tf.SymbolicTensor {
  const apply = (layer: tf.layers.Layer, of: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor =>
    layer.apply(of) as tf.SymbolicTensor;
  const form = { name, kernelSize, strides: stride, padding: 'same' } as const;
  let y = depthwise
    ? apply(tf.layers.depthwiseConv2d({ ...form, depthwiseInitializer: init() }), x)
    : apply(tf.layers.conv2d({ ...form, filters, kernelInitializer: init() }), x);
  if (activation === 'leaky') y = apply(tf.layers.leakyReLU({ name: `${name}_relu`, alpha: DARKNET_TINY_LEAK }), y);
  if (activation === 'relu6') y = apply(tf.layers.reLU({ name: `${name}_relu`, maxValue: 6 }), y);
  return plus === undefined ? y : apply(tf.layers.add({ name: `${name}_sum` }), [results.get(plus)!, y]);
}
