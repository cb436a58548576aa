import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '@kinemacolor/tensor';
import { logError } from './log-error.js';

beforeAll(() => loadBackend('cpu'));

/** Two pictures of two pixels. */
const pictures = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [2, 1, 2, 2]);
const TRUTH = [0, 0, 0, 0, 0.4, -0.2, 0.1, 0.3];
const OUTPUT = [0.02, -0.02, 0.04, 0, 0.1, 0.2, -0.1, 0.3];
const FLOOR = 0.01;

describe('logError', () => {
  it('is the mean over pictures of the logarithm of their own error over the floor', () => {
    const [pale, strong] = [(0.02 ** 2 * 2 + 0.04 ** 2) / 4, (0.3 ** 2 + 0.4 ** 2 + 0.2 ** 2) / 4] as const;
    const loss = logError(pictures(...OUTPUT), pictures(...TRUTH), FLOOR).dataSync()[0]!;
    expect(loss).toBeCloseTo((Math.log1p(pale / FLOOR) + Math.log1p(strong / FLOOR)) / 2, 6);
  });

  it('is 0 for what is right', () => {
    expect(logError(pictures(...TRUTH), pictures(...TRUTH), FLOOR).dataSync()[0]).toBe(0);
  });

  it('gains as much from a tenth less error in a pale picture as in a strong one', () => {
    const scaled = (pale: number, strong: number): number => {
      const [zero, error] = [pictures(...Array.from({ length: 8 }, () => 0)), [pale, pale, pale, pale, strong, strong, strong, strong]]; // prettier-ignore
      return logError(pictures(...error), zero, 1e-6).dataSync()[0]!;
    };
    const all = scaled(0.05, 0.5);
    expect(all - scaled(0.045, 0.5)).toBeCloseTo(all - scaled(0.05, 0.45), 2);
    expect(all - scaled(0.045, 0.5)).toBeGreaterThan(0.05);
  });

  it('has the gradient that finite differences have', () => {
    const truth = pictures(...TRUTH);
    const gradient = tf.grad((x: tf.Tensor) => logError(x as tf.Tensor4D, truth, FLOOR))(pictures(...OUTPUT)).dataSync(); // prettier-ignore
    for (const [i, value] of OUTPUT.entries()) {
      const at = (step: number): number =>
        logError(pictures(...OUTPUT.with(i, value + step)), truth, FLOOR).dataSync()[0]!;
      expect(gradient[i]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 1);
    }
    expect(Math.max(...gradient)).toBeGreaterThan(1);
  });

  it('refuses a floor that is none and other shapes, and leaks nothing', () => {
    const [output, truth] = [pictures(...OUTPUT), pictures(...TRUTH)];
    for (const floor of [0, -1, Number.NaN]) expect(() => logError(output, truth, floor)).toThrow('floor');
    expect(() => logError(output, tf.zeros([1, 1, 4, 2]), FLOOR)).toThrow('logError');
    const before = tf.memory().numTensors;
    logError(output, truth, FLOOR).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
