import * as tf from '@tensorflow/tfjs';

import { convolutionStack, foldBatchNorm, type ConvolutionStack, type StackLayer } from './convolution-stack.js';
import { takeTensor, type WeightTensors } from './weight-tensors.js';

/** Channels of VGG16's convolutions, by the group that a max-pool ends. */
export const VGG16_CHANNELS = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const satisfies readonly (readonly number[])[];

/** Groups (counted from 1) at whose end the features are taken, as the recipe has it. */
const TAPPED = [3, 4, 5];
const BATCH_NORM_EPSILON = 1e-5;
/** Mean and standard deviation of ImageNet's R, G and B in 0..1, which torchvision trains with. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/**
 * VGG16 with batch norm (Simonyan and Zisserman 2015; torchvision's `vgg16_bn`), up to the last ReLU before its fifth
 * max-pool, with taps at the last ReLU before max-pools 3, 4 and 5 (`features.22`, `.32`, `.42`).
 *
 * @param tensors torchvision's state dict; what is not of the convolutional part is left alone
 * @param channels other than VGG16's own only in tests
 * @throws ModelError `UNSUPPORTED` naming the first tensor that is missing or has another shape, `CORRUPT`
 */
export function vgg16(
  tensors: WeightTensors,
  channels: readonly (readonly number[])[] = VGG16_CHANNELS,
): ConvolutionStack {
  const layers: StackLayer[] = [];
  let [place, inputs] = [0, 3];
  try {
    for (const [index, group] of channels.entries()) {
      const last = index === channels.length - 1;
      for (const [i, outputs] of group.entries()) {
        const ends = i === group.length - 1;
        const tap = ends && TAPPED.includes(index + 1) ? `features.${place + 2}` : undefined;
        layers.push({ ...folded(tensors, place, inputs, outputs), tap, pooled: ends && !last });
        // Convolution, batch norm, ReLU, and the pool at the end of a group.
        place += ends ? 4 : 3;
        inputs = outputs;
      }
    }
  } catch (error) {
    tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias]));
    throw error;
  }
  const each = (value: (channel: 0 | 1 | 2) => number): [number, number, number] => [value(0), value(1), value(2)];
  return convolutionStack(layers, {
    scale: each((channel) => 0.5 / DEVIATION[channel]),
    shift: each((channel) => (0.5 - MEAN[channel]) / DEVIATION[channel]),
    leak: 0,
    pooling: 'valid',
  });
}

function folded(tensors: WeightTensors, place: number, inputs: number, outputs: number): StackLayer {
  return tf.tidy(() => {
    const vector = (name: string): tf.Tensor1D => tf.tensor1d(takeTensor(tensors, name, [outputs]).data);
    const name = `features.${place}`;
    const shape: [number, number, number, number] = [outputs, inputs, 3, 3];
    // PyTorch keeps [out, in, h, w].
    const kernel = tf.transpose(tf.tensor4d(takeTensor(tensors, `${name}.weight`, shape).data, shape), [2, 3, 1, 0]);
    const bias = vector(`${name}.bias`);
    const norm = `features.${place + 1}`;
    const result = foldBatchNorm(kernel, bias, {
      gamma: vector(`${norm}.weight`),
      beta: vector(`${norm}.bias`),
      mean: vector(`${norm}.running_mean`),
      variance: vector(`${norm}.running_var`),
      epsilon: BATCH_NORM_EPSILON,
    });
    return { ...result, pooled: false };
  });
}
