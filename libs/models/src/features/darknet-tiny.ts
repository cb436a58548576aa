import * as tf from '@tensorflow/tfjs';

import { convolutionStack, foldBatchNorm, type ConvolutionStack, type StackLayer } from './convolution-stack.js';
import { takeTensor, type WeightTensors } from './weight-tensors.js';

/** Channels of the convolutions up to the last tap; the first two and the even ones are 3×3, the others 1×1. */
export const DARKNET_TINY_CHANNELS = [16, 32, 16, 128, 16, 128, 32, 256, 32, 256, 64, 512, 64, 512] as const;

/** Slope of its activation below 0. */
export const DARKNET_TINY_LEAK = 0.1;

/** Convolutions (counted from 1) that a max-pool follows. */
const POOLED = [1, 2, 6, 10];
const TAPPED = [2, 6, 10, 14];
const BATCH_NORM_EPSILON = 1e-3;

/** What a convolution of Darknet tiny looks like. @param number counted from 1 */
export const darknetTinyForm = (number: number): { kernelSize: 1 | 3; pooled: boolean } => ({
  kernelSize: number === 1 || number % 2 === 0 ? 3 : 1,
  pooled: POOLED.includes(number),
});

/**
 * Darknet "tiny" (Redmon, 2016), an ImageNet classifier of a million weights: convolutions without bias, batch norm,
 * leaky ReLU 0.1. Taps at the activations of convolutions 2, 6, 10 and 14; the last two convolutions are left out. It
 * sees RGB in 0..1.
 *
 * @param tensors of the tfjs Layers model of ml5: `conv2d_1/kernel`, `batch_normalization_1/gamma`, …
 * @param channels other than the network's own only in tests
 * @throws ModelError `UNSUPPORTED` naming the first tensor that is missing or has another shape, `CORRUPT`
 */
export function darknetTiny(
  tensors: WeightTensors,
  channels: readonly number[] = DARKNET_TINY_CHANNELS,
): ConvolutionStack {
  const half: [number, number, number] = [0.5, 0.5, 0.5];
  return convolutionStack(darknetTinyLayers(tensors, channels), { scale: half, shift: half, leak: DARKNET_TINY_LEAK, pooling: 'same' }); // prettier-ignore
}

/** Its convolutions with their batch norms folded in; the caller disposes of the tensors. @throws ModelError as {@link darknetTiny} */
export function darknetTinyLayers(
  tensors: WeightTensors,
  channels: readonly number[] = DARKNET_TINY_CHANNELS,
): StackLayer[] {
  const layers: StackLayer[] = [];
  try {
    for (const [index, outputs] of channels.entries()) {
      const number = index + 1;
      const tap = TAPPED.includes(number) ? `conv_${number}` : undefined;
      const { pooled } = darknetTinyForm(number);
      layers.push({ ...folded(tensors, number, channels[index - 1] ?? 3, outputs), tap, pooled });
    }
  } catch (error) {
    tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias]));
    throw error;
  }
  return layers;
}

function folded(tensors: WeightTensors, number: number, inputs: number, outputs: number): StackLayer {
  return tf.tidy(() => {
    const vector = (name: string): tf.Tensor1D =>
      tf.tensor1d(takeTensor(tensors, `batch_normalization_${number}/${name}`, [outputs]).data);
    const size = darknetTinyForm(number).kernelSize;
    const shape: [number, number, number, number] = [size, size, inputs, outputs];
    const kernel = tf.tensor4d(takeTensor(tensors, `conv2d_${number}/kernel`, shape).data, shape);
    const result = foldBatchNorm(kernel, undefined, {
      gamma: vector('gamma'),
      beta: vector('beta'),
      mean: vector('moving_mean'),
      variance: vector('moving_variance'),
      epsilon: BATCH_NORM_EPSILON,
    });
    return { ...result, pooled: false };
  });
}
