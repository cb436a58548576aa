import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '@kinemacolor/tensor';
import { chromaHuber } from './chroma-huber.js';
import { weightedHuber } from './weighted-huber.js';

beforeAll(() => loadBackend('cpu'));

const pixels = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [1, 1, values.length / 2, 2]);

describe('weightedHuber', () => {
  it('weighs each pixel by the largest chroma of its truth', () => {
    // Pixel 1: truth (0.4, −0.2), weight 1 + 5·0.4 = 3, errors 0.4 and 0.2; pixel 2: grey, weight 1, errors 0.05 and 0.
    const loss = weightedHuber(pixels(0, 0, 0.05, 0), pixels(0.4, -0.2, 0, 0), 0.1, 5).dataSync()[0]!;
    const one = 0.1 * (0.4 - 0.05) + 0.1 * (0.2 - 0.05);
    const two = 0.05 ** 2 / 2;
    expect(loss).toBeCloseTo((3 * one + two) / 4 / 2, 6);
  });

  it('is plain Huber at k = 0', () => {
    const [output, truth] = [pixels(0.3, -0.1, 0, 0.02), pixels(0.1, 0.5, -0.2, 0)];
    expect(weightedHuber(output, truth, 0.1, 0).dataSync()[0]).toBeCloseTo(
      chromaHuber(output, truth, 0.1).dataSync()[0]!,
      6,
    );
  });

  it('has the gradient that finite differences have', () => {
    const [output, truth] = [pixels(0.3, -0.1, 0.01, 0.02), pixels(0.1, 0.5, -0.2, 0)];
    const gradient = tf
      .grad((x: tf.Tensor) => weightedHuber(x as tf.Tensor4D, truth, 0.1, 5))(output)
      .dataSync();
    const values = Array.from(output.dataSync());
    for (const [i, value] of values.entries()) {
      const at = (step: number): number =>
        weightedHuber(pixels(...values.with(i, value + step)), truth, 0.1, 5).dataSync()[0]!;
      expect(gradient[i]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 3);
    }
  });

  it('refuses settings that make no sense, and leaks nothing', () => {
    const [output, truth] = [pixels(0, 0), pixels(0.1, 0)];
    expect(() => weightedHuber(output, truth, 0, 1)).toThrow('delta');
    expect(() => weightedHuber(output, truth, 0.1, -1)).toThrow('k is');
    const before = tf.memory().numTensors;
    weightedHuber(output, truth, 0.1, 5).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
