import { readFileSync } from 'node:fs';

import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';

import { instanceNorm, loadBackend, parseDevice, reflectionPad2d } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the snippet of the README runs', async () => {
  const options = { device: 'cpu' };
  // snippet
  const engine = await loadBackend(parseDevice(options.device));
  console.log(`TensorFlow ${engine.tensorflowVersion} on ${engine.device}`);

  const picture = tf.randomNormal<tf.Rank.R4>([1, 64, 96, 3]);
  const padded = tf.tidy(() => instanceNorm(reflectionPad2d(picture, 3))); // [1, 70, 102, 3]
  // end of snippet
  expect(padded.shape).toEqual([1, 70, 102, 3]);
  tf.dispose([picture, padded]);
});

it('the README shows that snippet', () => {
  const [, snippet] = read('./readme.spec.ts').split(/^ *\/\/ (?:end of )?snippet\n/m);
  const [, shown] = read('../README.md').split(/^```(?:ts)?\n/m);
  expect(shown).toBe(snippet?.replaceAll(/^ {2}/gm, ''));
});
