import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { loadBackend } from '../backend.js';
import { foldReflections, reflectionPad2d, reflectionPadGradient } from './reflection-pad.js';

type Shape = [number, number, number, number];
const CASES: readonly { shape: Shape; pad: number }[] = [
  { shape: [1, 4, 4, 1], pad: 3 },
  { shape: [2, 5, 7, 3], pad: 1 },
  { shape: [1, 8, 4, 2], pad: 3 },
  { shape: [1, 3, 4, 1], pad: 2 },
  { shape: [1, 2, 3, 2], pad: 0 },
];

const random = (shape: readonly number[], seed: number): tf.Tensor4D =>
  tf.randomNormal([...shape] as Shape, 0, 1, 'float32', seed);
const largest = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0]!;

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('reflectionPad2d', () => {
  it('mirrors without repeating the edge', () => {
    const padded = tf.tidy(() =>
      reflectionPad2d(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]), 2)
        .reshape([7, 7])
        .arraySync(),
    );
    expect(padded).toEqual([
      [9, 8, 7, 8, 9, 8, 7],
      [6, 5, 4, 5, 6, 5, 4],
      [3, 2, 1, 2, 3, 2, 1],
      [6, 5, 4, 5, 6, 5, 4],
      [9, 8, 7, 8, 9, 8, 7],
      [6, 5, 4, 5, 6, 5, 4],
      [3, 2, 1, 2, 3, 2, 1],
    ]);
  });

  it.each(CASES)('has the values of tf.mirrorPad: %j', ({ shape, pad }) => {
    tf.tidy(() => {
      const x = random(shape, 1);
      const around: [number, number][] = [[0, 0], [pad, pad], [pad, pad], [0, 0]]; // prettier-ignore
      const y = reflectionPad2d(x, pad);
      expect(y.shape).toEqual([shape[0], shape[1] + 2 * pad, shape[2] + 2 * pad, shape[3]]);
      expect(largest(tf.sub(y, tf.mirrorPad(x, around, 'reflect')))).toBe(0);
    });
  });

  it('gives what was reflected back to where it came from: the known case', () => {
    // Three equal rows, of which only the middle one is weighted; a column pad of 2 turns 1 2 3 4 into 3 2 1 2 3 4 3 2.
    const gradient = tf.tidy(() => {
      const row = [1, 2, 3, 4];
      const x = tf.tensor4d([...row, ...row, ...row], [1, 3, 4, 1]);
      const powers = tf.tensor1d([1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7]).reshape([1, 1, 8, 1]);
      const weights = tf.pad(powers, [[0, 0], [3, 3], [0, 0], [0, 0]]); // prettier-ignore
      const slope = tf.grad((input) => tf.sum(tf.mul(reflectionPad2d(input as tf.Tensor4D, 2), weights)))(x);
      return slope.reshape([3, 4]).arraySync() as number[][];
    });
    expect(gradient).toEqual([
      [0, 0, 0, 0],
      [100, 10001010, 1010001, 100000],
      [0, 0, 0, 0],
    ]);
  });

  it.each(CASES)('has the gradient of finite differences: %j', ({ shape, pad }) => {
    tf.tidy(() => {
      const [x, along] = [random(shape, 2), random(shape, 3)];
      const weights = random([shape[0], shape[1] + 2 * pad, shape[2] + 2 * pad, shape[3]], 4);
      const loss = (input: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.square(reflectionPad2d(input as tf.Tensor4D, pad)), weights));
      const step = 0.01;
      const [up, down] = [loss(tf.add(x, tf.mul(along, step))), loss(tf.sub(x, tf.mul(along, step)))];
      const measured = (up.dataSync()[0]! - down.dataSync()[0]!) / (2 * step);
      const computed = tf.sum(tf.mul(tf.grad(loss)(x), along)).dataSync()[0]!;
      expect(Math.abs(measured)).toBeGreaterThan(0.1);
      expect(Math.abs(computed - measured)).toBeLessThan(0.005 * Math.max(1, Math.abs(measured)));
    });
  });

  it.each(CASES)('has one gradient, native or in plain ops: %j', ({ shape, pad }) => {
    tf.tidy(() => {
      const dy = random([shape[0], shape[1] + 2 * pad, shape[2] + 2 * pad, shape[3]], 5);
      const native = reflectionPadGradient(dy, pad);
      const plain = foldReflections(dy, pad);
      expect(native.shape).toEqual(shape);
      expect(plain.shape).toEqual(shape);
      expect(largest(tf.sub(native, plain))).toBeLessThan(1e-5);
    });
  });

  it.each([
    [4, 'needs a picture larger than 4×4, not 4×9'],
    [9, 'not 4×9'],
    [-1, '-1 is not a number of pixels'],
    [1.5, '1.5 is not a number of pixels'],
  ])('turns down a pad of %d', (pad, reason) => {
    const x = tf.zeros<tf.Rank.R4>([1, 9, 4, 1]);
    expect(() => reflectionPad2d(x, pad)).toThrow(RangeError);
    expect(() => reflectionPad2d(x, pad)).toThrow(reason);
    x.dispose();
  });

  it('leaves one tensor and its gradient, no more', () => {
    const x = random([1, 6, 6, 2], 6);
    const before = tf.memory().numTensors;
    reflectionPad2d(x, 3).dispose();
    foldReflections(x, 1).dispose();
    reflectionPadGradient(x, 1).dispose();
    tf.grad((input) => tf.sum(reflectionPad2d(input as tf.Tensor4D, 3)))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
