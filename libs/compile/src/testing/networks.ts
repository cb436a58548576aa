import * as tf from '@tensorflow/tfjs';
import { instanceNorm, reflectionPad2d } from '@kinemacolor/tensor';
import { randomSource } from './samples.js';

/**
 * Small networks with everything that the project's generators and discriminators are made of, in plain tfjs: this
 * package may not know the real ones.
 */
export interface Network {
  readonly weights: readonly tf.Variable[];
  readonly apply: (x: tf.Tensor4D) => tf.Tensor4D;
}

const uniform = (shape: readonly number[], size: number, random: () => number): tf.Tensor => {
  const values = Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => (2 * random() - 1) * size);
  return tf.tensor(values, [...shape], 'float32');
};

type Layer = [kernel: tf.Variable, bias: tf.Variable];

/** A kernel of uniform numbers as large as keeps the variance (He et al. 2015), and a bias that is not quite zero. */
function layer(kernel: [number, number, number, number], inputs: number, random: () => number): Layer {
  const bound = Math.sqrt(6 / (kernel[0] * kernel[1] * inputs));
  const outputs = inputs === kernel[2] ? kernel[3] : kernel[2];
  return tf.tidy(() => [tf.variable(uniform(kernel, bound, random)), tf.variable(uniform([outputs], 0.1, random))]);
}

const conv = (x: tf.Tensor4D, kernel: tf.Variable, bias: tf.Variable, strides = 1): tf.Tensor4D =>
  tf.add(tf.conv2d(x, kernel as tf.Variable<tf.Rank.R4>, strides, 'valid'), bias);
const zeroPad = (x: tf.Tensor4D): tf.Tensor4D => tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore

/** Reflection, instance norm, stride 2, a residual block, a transposed convolution cropped as PyTorch does, tanh. */
export function smallGenerator(width: number, seed: number, [inputs, outputs] = [1, 2]): Network {
  const random = randomSource(seed);
  const layers: Layer[] = [
    layer([7, 7, inputs, width], inputs, random),
    layer([3, 3, width, 2 * width], width, random),
    layer([3, 3, 2 * width, 2 * width], 2 * width, random),
    layer([3, 3, 2 * width, 2 * width], 2 * width, random),
    layer([3, 3, width, 2 * width], 2 * width, random),
    layer([7, 7, width, outputs], width, random),
  ];
  const normalised = (x: tf.Tensor4D): tf.Tensor4D => tf.relu(instanceNorm(x));
  return {
    weights: layers.flat(),
    apply: (input) => {
      const [first, down, a, b, up, last] = layers as [Layer, Layer, Layer, Layer, Layer, Layer];
      let x = normalised(conv(reflectionPad2d(input, 3), ...first));
      x = normalised(conv(zeroPad(x), ...down, 2));
      let y = normalised(conv(reflectionPad2d(x, 1), ...a));
      y = instanceNorm(conv(reflectionPad2d(y, 1), ...b));
      x = tf.add(x, y);
      const [batch, height, wide] = x.shape;
      const [kernel, bias] = up;
      const shape: [number, number, number, number] = [batch, 2 * height + 1, 2 * wide + 1, width];
      const full = tf.add(tf.conv2dTranspose(x, kernel as tf.Variable<tf.Rank.R4>, shape, 2, 'valid'), bias);
      x = normalised(tf.slice4d(full as tf.Tensor4D, [0, 1, 1, 0], [batch, 2 * height, 2 * wide, width]));
      return tf.tanh(conv(reflectionPad2d(x, 3), ...last));
    },
  };
}

/** 4×4 convolutions with leaky ReLU, the middle one normalised; a picture of scores. */
export function smallDiscriminator(width: number, seed: number, inputs = 3): Network {
  const random = randomSource(seed);
  const layers: Layer[] = [
    layer([4, 4, inputs, width], inputs, random),
    layer([4, 4, width, 2 * width], width, random),
    layer([4, 4, 2 * width, 1], 2 * width, random),
  ];
  return {
    weights: layers.flat(),
    apply: (input) => {
      const [first, middle, last] = layers as [Layer, Layer, Layer];
      let x = tf.leakyRelu(conv(zeroPad(input), ...first, 2), 0.2);
      x = tf.leakyRelu(instanceNorm(conv(zeroPad(x), ...middle, 2)), 0.2);
      return conv(zeroPad(x), ...last);
    },
  };
}
