import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { loadBackend } from '../backend.js';
import { INSTANCE_NORM_EPSILON, instanceNorm, instanceNormInference } from './instance-norm.js';

type Shape = [number, number, number, number];

const random = (shape: Shape, seed: number, mean = 0, deviation = 1): tf.Tensor4D =>
  tf.randomNormal(shape, mean, deviation, 'float32', seed);
const largest = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0]!;

/** The definition, in double precision and without tensors. */
function byDefinition(x: tf.Tensor4D, epsilon: number): number[] {
  const [batch, height, width, channels] = x.shape;
  const values = x.dataSync();
  const normal = new Array<number>(values.length).fill(0);
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++) {
      const places = Array.from({ length: height * width }, (_, i) => (b * height * width + i) * channels + c);
      const mean = places.reduce((sum, at) => sum + values[at]!, 0) / places.length;
      const variance = places.reduce((sum, at) => sum + (values[at]! - mean) ** 2, 0) / places.length;
      for (const at of places) normal[at] = (values[at]! - mean) / Math.sqrt(variance + epsilon);
    }
  }
  return normal;
}

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('instanceNorm', () => {
  it.each<[Shape, number | undefined]>([
    [[1, 5, 7, 3], undefined],
    [[3, 4, 6, 2], undefined],
    [[2, 3, 3, 1], 0.5],
  ])('has the values of the definition: %j, epsilon %s', (shape, epsilon) => {
    tf.tidy(() => {
      const x = random(shape, 1, 5, 3);
      const expected = tf.tensor4d(byDefinition(x, epsilon ?? INSTANCE_NORM_EPSILON), shape);
      expect(largest(tf.sub(instanceNorm(x, epsilon), expected))).toBeLessThan(1e-5);
    });
  });

  it('makes nought of a flat channel', () => {
    expect(tf.tidy(() => largest(instanceNorm(tf.fill<tf.Rank.R4>([2, 4, 4, 2], 0.75))))).toBe(0);
  });

  it.each<[Shape, number]>([
    [[1, 4, 5, 2], INSTANCE_NORM_EPSILON],
    [[3, 3, 3, 2], INSTANCE_NORM_EPSILON],
    [[2, 4, 4, 1], 0.7],
  ])('has the gradient of finite differences: %j, epsilon %d', (shape, epsilon) => {
    tf.tidy(() => {
      const [x, weights] = [random(shape, 2), random(shape, 3)];
      const loss = (input: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.square(instanceNorm(input as tf.Tensor4D, epsilon)), weights));
      const gradient = tf.grad(loss)(x).dataSync();
      const step = 0.01;
      const values = x.dataSync();
      for (let at = 0; at < values.length; at++) {
        const moved = (by: number): number => {
          const near = values.slice();
          near[at]! += by;
          return loss(tf.tensor4d(near, shape)).dataSync()[0]!;
        };
        expect(gradient[at]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 2);
      }
      expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.1);
    });
  });

  it('leaves one tensor, and nothing after a gradient', () => {
    const x = random([2, 4, 4, 2], 4);
    const before = tf.memory().numTensors;
    const y = instanceNorm(x);
    expect(tf.memory().numTensors).toBe(before + 1);
    y.dispose();
    tf.grad((input) => tf.sum(tf.square(instanceNorm(input as tf.Tensor4D))))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});

describe('instanceNormInference', () => {
  it.each<[Shape, number]>([
    [[1, 6, 10, 5], 0],
    [[1, 6, 10, 5], 20],
    [[3, 6, 10, 5], 0],
    [[1, 1, 2, 1], 0],
  ])('has the values of instanceNorm: %j around %d', (shape, mean) => {
    tf.tidy(() => {
      const x = random(shape, 5, mean);
      expect(largest(tf.sub(instanceNormInference(x), instanceNorm(x)))).toBeLessThan(1e-4);
      expect(largest(tf.sub(instanceNormInference(x, 0.3), instanceNorm(x, 0.3)))).toBeLessThan(1e-4);
    });
  });

  it.each([1, 3])('leaves one tensor at batch %d, inside a tidy and outside', (batch) => {
    const x = random([batch, 4, 4, 2], 6);
    const before = tf.memory().numTensors;
    const y = instanceNormInference(x);
    const z = tf.tidy(() => instanceNormInference(x));
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(largest(tf.tidy(() => tf.sub(y, z)))).toBe(0);
    tf.dispose([x, y, z]);
  });

  it('falls back to plain ops without the native backend', async () => {
    const expected = tf.tidy(() => instanceNorm(random([1, 4, 4, 2], 7)).dataSync());
    await tf.setBackend('cpu');
    try {
      const actual = tf.tidy(() => instanceNormInference(random([1, 4, 4, 2], 7)).dataSync());
      expect(Math.max(...actual.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(1e-5);
    } finally {
      await tf.setBackend('tensorflow');
    }
  });
});
