import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { adam } from './adam.js';
import { lamb } from './lamb.js';
import { muon } from './muon.js';
import type { Optimiser } from './optimiser.js';

interface Reference {
  readonly shapes: readonly number[][];
  readonly weights: readonly number[][];
  readonly steps: readonly { readonly rate: number; readonly momentum: number; readonly gradients: number[][] }[];
  /** By the name of the optimiser: every weight after every step. */
  readonly after: Readonly<Record<string, readonly number[][][]>>;
}
/** PyTorch's Adam, LAMB as fastai has it, and Muon, in PyTorch: tools/torch-fixtures/optimisers.py */
const reference = JSON.parse(readFileSync(new URL('fixtures/pytorch.json', import.meta.url), 'utf8')) as Reference;

const OPTIMISERS: Record<string, (weights: readonly tf.Variable[]) => Optimiser> = {
  adam: (weights) => adam(weights, { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 }),
  lamb: (weights) => lamb(weights),
  'lamb with weight decay': (weights) => lamb(weights, { weightDecay: 0.1 }),
  muon: (weights) => muon(weights, { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 }),
};

type Step = (rate: tf.Scalar, momentum: tf.Scalar, ...gradients: tf.Tensor[]) => tf.Tensor;
const tensorsOf = (values: readonly number[][]): tf.Tensor[] =>
  values.map((numbers, i) => tf.tensor(numbers, reference.shapes[i], 'float32'));

beforeAll(async () => {
  await loadBackend('cpu');
});

describe.each(Object.keys(reference.after))("%s takes PyTorch's steps of changing rate and momentum", (name) => {
  it.each(['eager', 'compiled'])('%s', async (form) => {
    const weights = tf.tidy(() => tensorsOf(reference.weights).map((value) => tf.variable(value)));
    const optimiser = OPTIMISERS[name]!(weights);
    const all = [...weights, ...optimiser.variables];
    const eager: Step = (rate, beta1, ...gradients) => {
      const byName = Object.fromEntries(weights.map((weight, i) => [weight.name, gradients[i]!]));
      optimiser.apply(byName, { rate, beta1 });
      return tf.clone(weights[0]!);
    };
    const signature = [[], [], ...reference.shapes].map((shape) => ({ shape }));
    const compiled = form === 'compiled' ? await compile(eager as (...args: tf.Tensor[]) => tf.Tensor, signature, { variables: all }) : undefined; // prettier-ignore
    for (const [i, { rate, momentum, gradients }] of reference.steps.entries()) {
      tf.tidy(() => {
        const step = compiled ?? eager;
        step(tf.scalar(rate), tf.scalar(momentum), ...tensorsOf(gradients));
      });
      compiled?.readVariables();
      for (const [j, expected] of reference.after[name]![i]!.entries()) {
        const found = weights[j]!.dataSync();
        expect(found.length).toBe(expected.length);
        const largest = Math.max(...expected.map(Math.abs));
        const differences = expected.map((value, k) => Math.abs(found[k]! - value));
        expect(Math.max(...differences) / largest, `weight ${j} after step ${i}`).toBeLessThan(1e-4);
      }
    }
    tf.dispose(all);
    compiled?.dispose();
  });
});

it('the stored steps move the weights far beyond the tolerance', () => {
  for (const [name, steps] of Object.entries(reference.after)) {
    for (const [j, before] of reference.weights.entries()) {
      const after = steps.at(-1)![j]!;
      const largest = Math.max(...after.map(Math.abs));
      const moved = Math.max(...after.map((value, k) => Math.abs(value - before[k]!))) / largest;
      expect(moved, `${name}, weight ${j}`).toBeGreaterThan(1e-3);
    }
  }
});
