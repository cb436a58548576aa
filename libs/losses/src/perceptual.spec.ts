import { compile } from '@kinemacolor/compile';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FeatureExtractor } from './feature-extractor.js';
import { gram } from './gram.js';
import { LossError } from './loss-error.js';
import { perceptual, perceptualTerms } from './perceptual.js';
import { VGG16_PERCEPTUAL, type PerceptualWeights } from './perceptual-weights.js';

const SHAPE: [number, number, number, number] = [1, 3, 4, 3];
const WEIGHTS: PerceptualWeights = { scale: 0.1, pixels: 1, features: [5, 2], grams: [300, 700] };

/** Numbers without a pattern, none near another's, so that no small step turns a difference over. */
const scattered = (count: number, from: number): number[] =>
  Array.from({ length: count }, (_, i) => ((from + i * 61) % 97) / 48.5 - 1);

let real: tf.Tensor4D;
let cycled: tf.Tensor4D;
let kernel: tf.Tensor4D;
let extract: FeatureExtractor;

beforeAll(async () => {
  await loadBackend('cpu');
  real = tf.tensor4d(scattered(36, 0), SHAPE);
  cycled = tf.tensor4d(scattered(36, 29), SHAPE);
  kernel = tf.tensor4d(scattered(3 * 3 * 3 * 2, 11), [3, 3, 3, 2]);
  extract = (pictures) => {
    const first: tf.Tensor4D = tf.leakyRelu(tf.conv2d(pictures, kernel, 1, 'same'), 0.1);
    return [first, tf.maxPool(first, 2, 2, 'same')];
  };
});
afterAll(() => {
  tf.dispose([real, cycled, kernel]);
});

const valueOf = (make: () => tf.Tensor): number => tf.tidy(() => make().dataSync()[0]!);

describe('gram', () => {
  it('is the mean product of two channels, over the channels', () => {
    tf.tidy(() => {
      // Two pictures of two places and two channels.
      const features = tf.tensor4d([1, 2, 3, 4, 0, 1, -1, 2], [2, 1, 2, 2]);
      const found = gram(features);
      expect(found.shape).toEqual([2, 2, 2]);
      expect([...found.dataSync()]).toEqual([10, 14, 14, 20, 1, -2, -2, 5].map((sum) => sum / 4));
    });
  });
});

describe('perceptual', () => {
  it('is the weighted sum of its terms', () => {
    // One place, one channel seen twice: features x and 2x.
    const pair = (a: number, b: number): [tf.Tensor4D, tf.Tensor4D] => [
      tf.fill([1, 1, 1, 3], a),
      tf.fill([1, 1, 1, 3], b),
    ];
    const seen: FeatureExtractor = (x) => {
      const red = tf.slice4d(x, [0, 0, 0, 0], [-1, -1, -1, 1]);
      return [red, tf.mul(red, 2)];
    };
    const value = valueOf(() => perceptual(...pair(0.5, 0.1), seen, WEIGHTS));
    const pixels = (0.4 / 2) * ((1 / 0.229 + 1 / 0.224 + 1 / 0.225) / 3);
    const features = 5 * 0.4 + 2 * 0.8;
    const grams = 300 * (0.25 - 0.01) + 700 * (1 - 0.04);
    expect(value).toBeCloseTo(0.1 * (pixels + features + grams), 4);
  });

  it('is 0 for a picture and itself, and counts terms as the weights say', () => {
    expect(valueOf(() => perceptual(real, real, extract, WEIGHTS))).toBe(0);
    tf.tidy(() => {
      const terms = perceptualTerms(real, cycled, extract);
      for (const [name, i] of [
        ['features', 0],
        ['features', 1],
        ['grams', 0],
        ['grams', 1],
      ] as const) {
        // prettier-ignore
        const only: PerceptualWeights = { scale: 1, pixels: 0, features: [0, 0], grams: [0, 0], [name]: [0, 0].with(i, 3) }; // prettier-ignore
        expect(valueOf(() => perceptual(real, cycled, extract, only))).toBeCloseTo(
          3 * terms[name][i]!.dataSync()[0]!,
          5,
        );
      }
    });
  });

  it("has the seed's weights for VGG16", () => {
    expect(VGG16_PERCEPTUAL.grams).toEqual(VGG16_PERCEPTUAL.features.map((weight) => weight ** 2 * 5000));
  });

  it('has the gradient that finite differences give', () => {
    const weights: PerceptualWeights = { ...WEIGHTS, grams: [3, 7] };
    const step = 2e-3;
    const values = [...cycled.dataSync()];
    const loss = (x: tf.Tensor): tf.Scalar => perceptual(real, x as tf.Tensor4D, extract, weights);
    const gradient = tf.tidy(() => [...tf.grad(loss)(cycled).dataSync()]);
    for (const [i, value] of values.entries()) {
      const at = (x: number): number => valueOf(() => loss(tf.tensor4d(values.with(i, x), SHAPE)));
      expect(gradient[i], `value ${i}`).toBeCloseTo((at(value + step) - at(value - step)) / (2 * step), 2);
    }
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('compiled equals eager, gradients included', async () => {
    const fn = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor[] => {
      const { value, grad } = tf.valueAndGrad((x) => perceptual(a, x as tf.Tensor4D, extract, WEIGHTS))(b);
      return [value, grad];
    };
    const compiled = await compile(fn, [{ shape: SHAPE }, { shape: SHAPE }]);
    tf.tidy(() => {
      const inside = compiled(real, cycled);
      for (const [i, expected] of fn(real, cycled).entries()) {
        const scale = valueOf(() => tf.max(tf.abs(expected)));
        expect(valueOf(() => tf.max(tf.abs(tf.sub(inside[i]!, expected)))) / scale).toBeLessThan(1e-5);
      }
    });
    compiled.dispose();
  });

  it('leaves its scalar and no other tensor', () => {
    const before = tf.memory().numTensors;
    const value = perceptual(real, cycled, extract, WEIGHTS);
    expect(value.shape).toEqual([]);
    expect(tf.memory().numTensors).toBe(before + 1);
    value.dispose();
    const terms = perceptualTerms(real, cycled, extract);
    expect(tf.memory().numTensors).toBe(before + 5);
    tf.dispose([terms.pixels, ...terms.features, ...terms.grams]);
  });

  it('refuses other shapes, and weights for another number of taps', () => {
    const before = tf.memory().numTensors;
    const small: tf.Tensor4D = tf.zeros([1, 3, 3, 3]);
    expect(() => perceptual(real, small, extract, WEIGHTS)).toThrow('[1, 3, 3, 3] and the target [1, 3, 4, 3]');
    expect(() => perceptual(real, cycled, extract, { ...WEIGHTS, grams: [1] })).toThrow(LossError);
    expect(() => perceptual(real, cycled, extract, VGG16_PERCEPTUAL)).toThrow('2 taps, but there are 3 weights');
    small.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
