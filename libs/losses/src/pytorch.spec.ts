import { readFileSync } from 'node:fs';

import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { cycle } from './cycle.js';
import type { FeatureExtractor } from './feature-extractor.js';
import { gram } from './gram.js';
import { identity } from './identity.js';
import { lsganDiscriminator, lsganGenerator } from './lsgan.js';
import { perceptual } from './perceptual.js';

interface Stored {
  readonly shape: [number, number, number, number];
  readonly values: number[];
}
interface Reference {
  readonly realScores: Stored;
  readonly fakeScores: Stored;
  readonly real: Stored;
  readonly cycled: Stored;
  readonly extractor: { readonly first: Stored; readonly bias: Stored; readonly second: Stored };
  readonly featureWeights: readonly number[];
  readonly gram: Stored;
  readonly losses: Readonly<Record<string, { readonly value: number; readonly gradient: readonly number[] }>>;
}
/** PyTorch's own numbers: tools/torch-fixtures/losses.py */
const reference = JSON.parse(readFileSync(new URL('fixtures/pytorch.json', import.meta.url), 'utf8')) as Reference;

const tensors: tf.Tensor[] = [];
const tensor = ({ values, shape }: Stored): tf.Tensor4D => {
  const made: tf.Tensor4D = tf.tensor(values, shape);
  tensors.push(made);
  return made;
};
let [realScores, fakeScores, real, cycled] = [] as unknown as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
let extract: FeatureExtractor;

beforeAll(async () => {
  await loadBackend('cpu');
  [realScores, fakeScores, real, cycled] = [reference.realScores, reference.fakeScores, reference.real, reference.cycled].map(tensor) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]; // prettier-ignore
  const [first, bias, second] = [reference.extractor.first, reference.extractor.bias, reference.extractor.second].map(tensor) as [tf.Tensor4D, tf.Tensor, tf.Tensor4D]; // prettier-ignore
  extract = (pictures) => {
    const sums: tf.Tensor4D = tf.add(tf.conv2d(pictures, first, 1, 'same'), bias);
    const tap = tf.relu(sums);
    return [tap, tf.leakyRelu(tf.conv2d(tf.maxPool(tap, 2, 2, 'valid'), second, 1, 'same'), 0.1)];
  };
});
afterAll(() => {
  tf.dispose(tensors);
});

const weights = {
  scale: 0.1,
  pixels: 1,
  features: reference.featureWeights,
  grams: reference.featureWeights.map((weight) => weight ** 2 * 5000),
};
const CASES: Record<string, [() => tf.Tensor4D, (x: tf.Tensor4D) => tf.Scalar]> = {
  lsganGenerator: [() => fakeScores, lsganGenerator],
  lsganDiscriminator: [() => fakeScores, (x) => lsganDiscriminator(realScores, x)],
  cycle: [() => cycled, (x) => cycle(x, real)],
  identity: [() => cycled, (x) => identity(x, real)],
  perceptual: [() => cycled, (x) => perceptual(real, x, extract, weights)],
};

describe('the losses of the recipe, and their gradients, are those of PyTorch', () => {
  it.each(Object.keys(reference.losses))('%s', (name) => {
    const { value, gradient } = reference.losses[name]!;
    const [argument, loss] = CASES[name]!;
    tf.tidy(() => {
      const found = tf.valueAndGrad((x) => loss(x as tf.Tensor4D))(argument());
      expect(Math.abs(found.value.dataSync()[0]! / value - 1)).toBeLessThan(1e-4);
      const largest = Math.max(...gradient.map(Math.abs));
      const slopes = found.grad.dataSync();
      expect(slopes.length).toBe(gradient.length);
      const differences = gradient.map((slope, i) => Math.abs(slopes[i]! - slope));
      expect(Math.max(...differences) / largest).toBeLessThan(1e-4);
    });
  });

  it('gram', () => {
    tf.tidy(() => {
      const found = gram(extract(real)[0]!);
      expect(found.shape).toEqual(reference.gram.shape);
      const values = found.dataSync();
      for (const [i, value] of reference.gram.values.entries()) expect(Math.abs(values[i]! - value)).toBeLessThan(1e-5);
    });
  });
});
