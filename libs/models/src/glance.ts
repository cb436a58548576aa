import * as tf from '@tensorflow/tfjs';
import type { GeneratorConfig } from './generator-config.js';

/** The convolutions of a glance, 3×3 of stride 2 with a ReLU, and their filters. */
export const GLANCE = [
  { name: 'glance_1', filters: 16 },
  { name: 'glance_2', filters: 32 },
  { name: 'glance_3', filters: 64 },
  { name: 'glance_4', filters: 64 },
] as const;

/** What is known of the whole picture then. */
const UNITS = 64;

/** What a glance gives the generator: one number a picture and channel, `[b, 1, 1, outputChannels]`. */
export interface Glance {
  /** What the generator's output is to be multiplied with, less 1. */
  readonly gain: tf.SymbolicTensor;
  /** To be added to the output, before its tanh. */
  readonly output: tf.SymbolicTensor;
}

/**
 * How strong the colours of a picture are, and which tint all of it has: a small network without a norm looks at the luma
 * and says two numbers a channel. The generator cannot say them: an instance norm gives a pale picture as much of
 * everything as a vivid one, and takes away what the whole picture shares. The squeeze and excitation of Hu et al. 2018,
 * with the picture itself as what is squeezed and the output as what is excited.
 *
 * Both begin at zero, so that a generator begins as it was without a glance.
 */
export function glance(
  luma: tf.SymbolicTensor,
  { outputChannels }: Pick<GeneratorConfig, 'outputChannels'>,
  init: () => ReturnType<typeof tf.initializers.heNormal>,
): Glance {
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor): tf.SymbolicTensor => layer.apply(x) as tf.SymbolicTensor; // prettier-ignore
  let x = luma;
  for (const { name, filters } of GLANCE) {
    x = apply(tf.layers.zeroPadding2d({ name: `${name}_pad`, padding: 1 }), x);
    x = apply(tf.layers.conv2d({ name, filters, kernelSize: 3, strides: 2, padding: 'valid', kernelInitializer: init() }), x); // prettier-ignore
    x = apply(tf.layers.reLU({ name: `${name}_relu` }), x);
  }
  x = apply(tf.layers.globalAveragePooling2d({ name: 'glance_mean' }), x);
  x = apply(tf.layers.dense({ name: 'glance_whole', units: UNITS, kernelInitializer: init() }), x);
  x = apply(tf.layers.reLU({ name: 'glance_whole_relu' }), x);
  const said = (name: string): tf.SymbolicTensor => {
    const numbers = tf.layers.dense({ name, units: outputChannels, kernelInitializer: 'zeros' });
    return apply(tf.layers.reshape({ name: `${name}_map`, targetShape: [1, 1, outputChannels] }), apply(numbers, x));
  };
  return { gain: said('glance_gain'), output: said('glance_output') };
}
