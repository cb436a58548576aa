import * as tf from '@tensorflow/tfjs';

import { ModelError } from '../model-error.js';

/** A convolution with its batch norm folded in: at rest that norm is one factor and one term a channel. */
export interface StackLayer {
  /** `[k, k, in, out]` */
  readonly kernel: tf.Tensor4D;
  /** `[out]` */
  readonly bias: tf.Tensor1D;
  /** Named where the values after the activation are given out. */
  readonly tap?: string | undefined;
  /** A 2×2 max-pool of stride 2 follows. */
  readonly pooled: boolean;
}

export interface StackForm {
  /** What the network sees of a picture in −1..1: `scale · x + shift`, a number for each of R, G and B. */
  readonly scale: readonly [number, number, number];
  readonly shift: readonly [number, number, number];
  /** Slope of the activation below 0. */
  readonly leak: number;
  /** What a pool does with an odd last row: 'same' keeps it, 'valid' drops it. */
  readonly pooling: 'same' | 'valid';
}

export interface ConvolutionStack {
  readonly taps: readonly string[];
  readonly extract: (pictures: tf.Tensor4D) => tf.Tensor4D[];
  readonly dispose: () => void;
}

/** Convolutions of stride 1 with zero padding, activations and pools, up to the last tap. Owns the layers' tensors. */
export function convolutionStack(layers: readonly StackLayer[], form: StackForm): ConvolutionStack {
  const normalisation = tf.tidy(() => [tf.tensor1d([...form.scale]), tf.tensor1d([...form.shift])] as const);
  const pools = layers.filter(({ pooled }) => pooled).length;
  const least = form.pooling === 'valid' ? 2 ** pools : 1;
  return {
    taps: layers.flatMap(({ tap }) => tap ?? []),
    extract: (pictures) => {
      const [, height, width, channels] = pictures.shape;
      if (channels !== 3 || Math.min(height, width) < least) {
        throw new ModelError(
          'BAD_INPUT',
          `Features are taken of RGB pictures [b, h, w, 3] of ${least} pixels or more a side, not of [${pictures.shape.join(', ')}].`,
        );
      }
      return tf.tidy(() => {
        const [scale, shift] = normalisation;
        const taps: tf.Tensor4D[] = [];
        let x: tf.Tensor4D = tf.add(tf.mul(pictures, scale), shift);
        for (const { kernel, bias, tap, pooled } of layers) {
          const sums: tf.Tensor4D = tf.add(tf.conv2d(x, kernel, 1, 'same'), bias);
          x = form.leak === 0 ? tf.relu(sums) : tf.leakyRelu(sums, form.leak);
          if (tap !== undefined) taps.push(x);
          if (pooled) x = tf.maxPool(x, 2, 2, form.pooling);
        }
        return taps;
      });
    },
    dispose: () => {
      tf.dispose([...normalisation, ...layers.flatMap(({ kernel, bias }) => [kernel, bias])]);
    },
  };
}

/** A batch norm that has been trained: `γ · (x − mean) / √(variance + ε) + β`, each `[out]`. */
export interface BatchNorm {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  readonly epsilon: number;
}

/** The convolution that does what this one and the batch norm after it do. The results are the caller's. */
export function foldBatchNorm(
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | undefined,
  { gamma, beta, mean, variance, epsilon }: BatchNorm,
): { kernel: tf.Tensor4D; bias: tf.Tensor1D } {
  return tf.tidy(() => {
    const factor: tf.Tensor1D = tf.div(gamma, tf.sqrt(tf.add(variance, epsilon)));
    const centre: tf.Tensor1D = bias === undefined ? tf.neg(mean) : tf.sub(bias, mean);
    return { kernel: tf.mul(kernel, factor), bias: tf.add(beta, tf.mul(centre, factor)) };
  });
}
