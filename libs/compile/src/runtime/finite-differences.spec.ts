import * as tf from '@tensorflow/tfjs';
import { INSTANCE_NORM_EPSILON, instanceNorm, loadBackend, reflectionPad2d } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { convolve, convolveUp, map, normalise, plus, reflect, type Picture } from '../testing/double-ops.js';
import { makeSample } from '../testing/samples.js';
import { compile } from './compile.js';

/** The same function twice: in tfjs, to be compiled, and in doubles, by definition. */
interface Twin {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly of: (...x: tf.Tensor4D[]) => tf.Tensor;
  /** Of one picture and its weights. */
  readonly inDoubles: (picture: Picture, ...weights: Float64Array[]) => Picture;
}

const conv = (x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D => tf.conv2d(x, filter, 1, 'valid');
const leaky = (value: number): number => (value > 0 ? value : 0.2 * value);

const TWINS: Twin[] = [
  {
    name: 'reflection padding and a convolution',
    shapes: [[2, 5, 6, 2], [3, 3, 2, 3]], // prettier-ignore
    of: (x, filter) => tf.tanh(conv(reflectionPad2d(x, 2), filter)),
    inDoubles: (x, filter) => map(convolve(reflect(x, 2), filter, [3, 3]), Math.tanh),
  },
  {
    name: 'a convolution of stride 2, an instance norm and leaky ReLU',
    shapes: [[2, 7, 6, 2], [3, 3, 2, 3]], // prettier-ignore
    of: (x, filter) =>
      tf.leakyRelu(instanceNorm(tf.conv2d(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), filter, 2, 'valid')), 0.2), // prettier-ignore
    inDoubles: (x, filter) => map(normalise(convolve(x, filter, [3, 3], 2, 1), INSTANCE_NORM_EPSILON), leaky),
  },
  {
    name: 'a transposed convolution, cropped, and a norm',
    shapes: [[2, 3, 4, 2], [3, 3, 3, 2]], // prettier-ignore
    of: (x, filter) => {
      const [batch, height, width] = x.shape;
      const full = tf.conv2dTranspose(x, filter, [batch, 2 * height + 1, 2 * width + 1, 3], 2, 'valid');
      return instanceNorm(tf.slice4d(full, [0, 1, 1, 0], [batch, 2 * height, 2 * width, 3]));
    },
    inDoubles: (x, filter) => normalise(convolveUp(x, filter, 3), INSTANCE_NORM_EPSILON),
  },
  {
    name: 'a residual block',
    shapes: [[2, 5, 5, 3], [3, 3, 3, 3], [3, 3, 3, 3]], // prettier-ignore
    of: (x, a, b) => {
      const hidden = tf.relu(instanceNorm(conv(reflectionPad2d(x, 1), a)));
      return tf.add(x, instanceNorm(conv(reflectionPad2d(hidden, 1), b)));
    },
    inDoubles: (x, a, b) => {
      const normalised = normalise(convolve(reflect(x, 1), a, [3, 3]), INSTANCE_NORM_EPSILON);
      const hidden = map(normalised, (value) => Math.max(0, value));
      return plus(x, normalise(convolve(reflect(hidden, 1), b, [3, 3]), INSTANCE_NORM_EPSILON));
    },
  },
  {
    name: 'a wide last convolution in blocks',
    shapes: [[1, 8, 8, 2], [5, 5, 2, 2]], // prettier-ignore
    of: (x, filter) => tf.tanh(tf.mul(conv(reflectionPad2d(x, 2), filter), 0.3)),
    inDoubles: (x, filter) => map(convolve(reflect(x, 2), filter, [5, 2]), (value) => Math.tanh(0.3 * value)),
  },
];

beforeAll(async () => {
  await loadBackend('cpu');
});

/** Σ weight · value², with a weight of its own for every element. */
const weightAt = (i: number): number => 0.5 + ((i * 7) % 11) / 11;
const lossInDoubles = (pictures: readonly Picture[]): number =>
  pictures.flatMap(({ values }) => [...values]).reduce((sum, value, i) => sum + weightAt(i) * value ** 2, 0);

describe('the gradients of compiled functions are those of finite differences in doubles', () => {
  it.each(TWINS)('$name', async ({ shapes, of, inDoubles }) => {
    const samples = shapes.map((shape, i) => makeSample({ shape }, i + 20) as tf.Tensor4D);
    const compiled = await compile((...x: tf.Tensor4D[]) => {
      const loss = (...inputs: tf.Tensor[]): tf.Tensor => {
        const y = of(...(inputs as tf.Tensor4D[]));
        const weights = Float32Array.from({ length: y.size }, (_, i) => weightAt(i));
        return tf.sum(tf.mul(tf.square(y), tf.tensor(weights, y.shape)));
      };
      return tf.grads(loss)(x);
    }, shapes.map((shape) => ({ shape }))); // prettier-ignore
    const gradients = compiled(...samples);
    const values = samples.map((sample) => Float64Array.from(sample.dataSync()));
    const [batch, ...side] = shapes[0] as [number, number, number, number];
    const size = side.reduce((product, n) => product * n, 1);
    const loss = (): number =>
      lossInDoubles(
        Array.from({ length: batch }, (_, b) =>
          inDoubles({ shape: side, values: values[0]!.subarray(b * size, (b + 1) * size) }, ...values.slice(1)),
        ),
      );
    const step = 1e-6;
    for (const [i, gradient] of gradients.entries()) {
      const right = values[i]!.map((value, at) => {
        const moved = (by: number): number => {
          values[i]![at] = value + by;
          return loss();
        };
        const slope = (moved(step) - moved(-step)) / (2 * step);
        values[i]![at] = value;
        return slope;
      });
      const largest = Math.max(...right.map(Math.abs));
      expect(largest).toBeGreaterThan(0.1);
      const difference = Math.max(...[...gradient.dataSync()].map((value, at) => Math.abs(value - right[at]!)));
      expect(difference / largest, `argument ${i}`).toBeLessThan(1e-5);
    }
    tf.dispose([samples, gradients]);
    compiled.dispose();
  });
});
