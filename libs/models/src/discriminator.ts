import * as tf from '@tensorflow/tfjs';
import { InstanceNormalization } from './layers/instance-normalization.js';
import { ModelError } from './model-error.js';

export interface DiscriminatorConfig {
  /** Channels after the first convolution; 64 in the seed. */
  readonly width: number;
  readonly inputChannels: number;
}

/**
 * The 70×70 PatchGAN (Isola et al. 2017; Zhu et al. 2017): 4×4 convolutions with one pixel of zero padding, widths
 * w, 2w, 4w (stride 2), 8w and 1 (stride 1), LeakyReLU 0.2, instance norm on all but the first and the last, no sigmoid.
 * `[b, h, w, inputChannels]` in −1..1 → `[b, h/8 − 2, w/8 − 2, 1]`, one unbounded score a patch.
 * Weights are named `conv_0/kernel` … `conv_4/bias`.
 * @throws ModelError `BAD_CONFIG`
 */
export function buildDiscriminator({ width, inputChannels }: DiscriminatorConfig, seed?: number): tf.LayersModel {
  if (!(Number.isInteger(width) && width > 0 && Number.isInteger(inputChannels) && inputChannels > 0)) {
    throw new ModelError('BAD_CONFIG', `Not a discriminator: width = ${width}, inputChannels = ${inputChannels}.`);
  }
  const plan = [
    { filters: width, strides: 2, norm: false },
    { filters: 2 * width, strides: 2, norm: true },
    { filters: 4 * width, strides: 2, norm: true },
    { filters: 8 * width, strides: 1, norm: true },
  ];
  const input = tf.input({ name: 'input', shape: [null, null, inputChannels] });
  const convolved = (x: tf.SymbolicTensor, index: number, filters: number, strides: number): tf.SymbolicTensor => {
    const name = `conv_${index}`;
    const kernelInitializer = tf.initializers.heNormal(seed === undefined ? {} : { seed: seed + index });
    const padded = tf.layers.zeroPadding2d({ name: `${name}_pad`, padding: 1 }).apply(x);
    return tf.layers
      .conv2d({ name, filters, kernelSize: 4, strides, padding: 'valid', kernelInitializer })
      .apply(padded) as tf.SymbolicTensor;
  };
  let x = input;
  for (const [index, { filters, strides, norm }] of plan.entries()) {
    x = convolved(x, index, filters, strides);
    if (norm) x = new InstanceNormalization({ name: `conv_${index}_norm` }).apply(x) as tf.SymbolicTensor;
    x = tf.layers.leakyReLU({ name: `conv_${index}_relu`, alpha: 0.2 }).apply(x) as tf.SymbolicTensor;
  }
  return tf.model({ name: 'discriminator', inputs: input, outputs: convolved(x, plan.length, 1, 1) });
}
