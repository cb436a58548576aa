import { readFileSync } from 'node:fs';

import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';

import { chromaHuber, lsganGenerator } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the snippet of the README runs', async () => {
  await loadBackend('cpu');
  const scale = tf.variable(tf.ones([2]));
  const luma: tf.Tensor4D = tf.fill([1, 4, 4, 1], 0.5);
  const truth: tf.Tensor4D = tf.zeros([1, 4, 4, 2]);
  const generator = (input: tf.Tensor4D): tf.Tensor4D => tf.mul(input, scale);
  const discriminator = (chroma: tf.Tensor4D): tf.Tensor => tf.mean(chroma, 3);
  const variables = [scale];
  // snippet
  const { value, grads } = tf.variableGrads(() => {
    const chroma = generator(luma);
    return tf.add(chromaHuber(chroma, truth, 0.1), tf.mul(lsganGenerator(discriminator(chroma)), 0.01));
  }, variables);
  // end of snippet
  // Huber 0.1 · (0.5 − 0.05), LSGAN 0.01 · 0.5²
  expect(value.dataSync()[0]).toBeCloseTo(0.045 + 0.0025, 6);
  // each of the two: 0.1 · 0.5 / 2 from Huber, 0.01 · 2 · (0.5 − 1) · 0.5 / 2 from LSGAN
  for (const slope of grads[scale.name]!.dataSync()) expect(slope).toBeCloseTo(0.025 - 0.0025, 6);
});

it('the README shows that snippet', () => {
  const [, snippet] = read('./readme.spec.ts').split(/^ *\/\/ (?:end of )?snippet\n/m);
  const [, shown] = read('../README.md').split(/^```(?:ts)?\n/m);
  expect(shown).toBe(snippet?.replaceAll(/^ {2}/gm, ''));
});
