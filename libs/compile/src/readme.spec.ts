import { readFileSync } from 'node:fs';

import { instanceNorm, loadBackend, reflectionPad2d } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';

import { adam, compile } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the snippet of the README trains', async () => {
  await loadBackend('cpu');
  const x = tf.randomUniform<tf.Rank.R4>([1, 32, 32, 1], -1, 1, 'float32', 1);
  const truth = tf.randomUniform<tf.Rank.R4>([1, 32, 32, 2], -1, 1, 'float32', 2);
  // snippet
  const [first, last] = [tf.variable(tf.randomNormal([3, 3, 1, 8])), tf.variable(tf.randomNormal([3, 3, 8, 2]))];
  const weights = [first, last];
  const optimiser = adam(weights, { beta1: 0.5 });

  const step = await compile(
    (x: tf.Tensor4D, truth: tf.Tensor4D, rate: tf.Scalar) => {
      const { value, grads } = tf.variableGrads(() => {
        const hidden = tf.relu(instanceNorm(tf.conv2d(reflectionPad2d(x, 1), first as tf.Tensor4D, 1, 'valid')));
        return tf.mean(tf.abs(tf.sub(tf.conv2d(hidden, last as tf.Tensor4D, 1, 'same'), truth)));
      }, weights);
      optimiser.apply(grads, { rate });
      return value;
    },
    [{ shape: [1, 32, 32, 1] }, { shape: [1, 32, 32, 2] }, { shape: [] }],
    { variables: [...weights, ...optimiser.variables], precision: 'bf16' },
  );
  const loss = step(x, truth, tf.scalar(2e-4)); // one call of libtensorflow
  step.readVariables(); // the tf.Variables now hold the trained values
  // end of snippet
  const before = loss.dataSync()[0]!;
  let after = before;
  for (let i = 0; i < 50; i++) after = step(x, truth, tf.scalar(0.02)).dataSync()[0]!;
  expect(after).toBeLessThan(0.8 * before);
  step.dispose();
});

it('the README shows that snippet', () => {
  const [, snippet] = read('./readme.spec.ts').split(/^ *\/\/ (?:end of )?snippet\n/m);
  const [, shown] = read('../README.md').split(/^```(?:ts)?\n/m);
  expect(shown).toBe(snippet?.replaceAll(/^ {2}/gm, ''));
});
