import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { relativeDifference } from '../testing/difference.js';
import { makeSample } from '../testing/samples.js';
import { adam } from './adam.js';
import { lamb } from './lamb.js';
import type { Optimiser } from './optimiser.js';

type Make = (weights: readonly tf.Variable[]) => Optimiser;

const STEPS = 20;

beforeAll(async () => {
  await loadBackend('cpu');
});

/** A matrix, a vector and a number: `(x · matrix + vector) · number`. */
const newWeights = (): tf.Variable[] =>
  tf.tidy(() => [[3, 4], [4], []].map((shape, i) => tf.variable(makeSample({ shape, range: [0.5, 2] }, i)))); // prettier-ignore

function stepOf(
  weights: readonly tf.Variable[],
  optimiser: Optimiser,
): (x: tf.Tensor, rate: tf.Scalar, beta1: tf.Scalar) => tf.Scalar {
  // prettier-ignore
  const [matrix, vector, factor] = weights as [tf.Variable<tf.Rank.R2>, tf.Variable, tf.Variable];
  return (x, rate, beta1) => {
    const loss = (): tf.Scalar =>
      tf.mean(tf.square(tf.sub(tf.mul(tf.add(tf.matMul(x as tf.Tensor2D, matrix), vector), factor), 3)));
    const { value, grads } = tf.variableGrads(loss, [...weights]);
    optimiser.apply(grads, { rate, beta1 });
    return value;
  };
}

/** A rise and a fall, and momentum against it, as a 1cycle schedule has them. */
const schedule = (step: number): [number, number] => {
  const height = Math.sin((Math.PI * (step + 1)) / (STEPS + 1));
  return [0.02 * height, 0.95 - 0.1 * height];
};

const OPTIMISERS: [string, Make][] = [
  ['adam', (weights) => adam(weights)],
  ['adam with other constants', (weights) => adam(weights, { beta2: 0.9, epsilon: 1e-3 })],
  ['lamb', (weights) => lamb(weights)],
  ['lamb with weight decay and a low bound', (weights) => lamb(weights, { weightDecay: 0.1, largestTrust: 1.5 })],
];

describe.each(OPTIMISERS)('%s', (_, make) => {
  it('compiled equals eager over 20 steps of changing rate and momentum', async () => {
    const [eager, inside] = [newWeights(), newWeights()];
    const optimisers = [make(eager), make(inside)] as const;
    const all = [eager, inside].map((weights, i) => [...weights, ...optimisers[i]!.variables]) as [tf.Variable[], tf.Variable[]]; // prettier-ignore
    const step = stepOf(eager, optimisers[0]);
    const compiled = await compile(stepOf(inside, optimisers[1]), [{ shape: [5, 3] }, { shape: [] }, { shape: [] }], {
      variables: all[1],
    });
    const held = tf.memory().numTensors;
    for (let i = 0; i < STEPS; i++) {
      tf.tidy(() => {
        const x = makeSample({ shape: [5, 3] }, 10 + i);
        const [rate, beta1] = schedule(i).map((value) => tf.scalar(value)) as [tf.Scalar, tf.Scalar];
        const [expected, actual] = [step(x, rate, beta1), compiled(x, rate, beta1)];
        expect(relativeDifference(actual, expected), `loss ${i}`).toBeLessThan(1e-5);
      });
    }
    compiled.readVariables();
    expect(tf.memory().numTensors).toBe(held);
    for (const [i, variable] of all[0].entries()) {
      expect(relativeDifference(all[1][i]!, variable), `variable ${i}`).toBeLessThan(1e-5);
    }
    const fresh = newWeights();
    expect(relativeDifference(eager[0]!, fresh[0]!)).toBeGreaterThan(0.01);
    tf.dispose([...all.flat(), ...fresh]);
    compiled.dispose();
  });

  it('changes what has a gradient, and leaves the rest and its state alone', async () => {
    const weights = newWeights();
    const optimiser = make(weights);
    const all = [...weights, ...optimiser.variables];
    const before = all.map((variable) => [...variable.dataSync()]);
    const [first] = weights as [tf.Variable];
    const step = (gradient: tf.Tensor): tf.Tensor => {
      optimiser.apply({ [first.name]: gradient }, { rate: 0.1 });
      return tf.clone(first);
    };
    const compiled = await compile(step, [{ shape: [3, 4] }], { variables: all });
    const gradient = tf.ones([3, 4]);
    compiled(gradient).dispose();
    compiled.readVariables();
    const changed = all.flatMap((variable, i) => (String([...variable.dataSync()]) === String(before[i]) ? [] : [i]));
    // The weight, the number of steps, and the weight's two moments.
    expect(changed).toEqual([0, 3, 4, 7]);
    tf.dispose([...all, gradient]);
    compiled.dispose();
  });
});

describe('adam', () => {
  it('equals tf.train.adam with the same ε', () => {
    const [ours, theirs] = [newWeights(), newWeights()];
    const optimiser = adam(ours, { beta1: 0.8, beta2: 0.95, epsilon: 1e-4 });
    const reference = tf.train.adam(0.05, 0.8, 0.95, 1e-4);
    const [rate, beta1] = [tf.scalar(0.05), tf.scalar(0.8)];
    for (let i = 0; i < STEPS; i++) {
      tf.tidy(() => {
        const x = makeSample({ shape: [5, 3] }, 50 + i) as tf.Tensor2D;
        stepOf(ours, optimiser)(x, rate, beta1);
        const [matrix, vector, factor] = theirs as [tf.Variable<tf.Rank.R2>, tf.Variable, tf.Variable];
        reference.minimize(
          () => tf.mean(tf.square(tf.sub(tf.mul(tf.add(tf.matMul(x, matrix), vector), factor), 3))),
          false,
          theirs,
        );
      });
    }
    for (const [i, weight] of ours.entries()) expect(relativeDifference(weight, theirs[i]!)).toBeLessThan(1e-5);
    tf.dispose([...ours, ...theirs, ...optimiser.variables, rate, beta1]);
    reference.dispose();
  });
});

describe('the trust ratio of lamb', () => {
  /** What one weight of four equal numbers is after a step, eager and compiled. */
  async function step(weight: number, gradient: number, options: Parameters<typeof lamb>[1]): Promise<number[]> {
    const after: number[] = [];
    for (const form of ['eager', 'compiled']) {
      const variable = tf.tidy(() => tf.variable(tf.fill([4], weight)));
      const optimiser = lamb([variable], options);
      const fn = (g: tf.Tensor): tf.Tensor => {
        optimiser.apply({ [variable.name]: g }, { rate: 0.01 });
        return tf.clone(variable);
      };
      const g = tf.fill([4], gradient);
      const all = [variable, ...optimiser.variables];
      const compiled = form === 'compiled' ? await compile(fn, [{ shape: [4] }], { variables: all }) : undefined;
      const result = (compiled ?? fn)(g);
      after.push(result.dataSync()[2]!);
      tf.dispose([result, g, ...all]);
      compiled?.dispose();
    }
    return after;
  }
  /** In the first step m̂ / √v̂ is the sign of the gradient: the update is the rate times the ratio. */
  it.each<[string, number, number, Parameters<typeof lamb>[1], number]>([
    ['is the size of the weight over that of the update', 3, 0.5, {}, 3 - 0.01 * 3],
    ['counts sizes without signs', -3, -0.5, {}, -3 + 0.01 * 3],
    ['is bounded by 10', 100, 0.5, {}, 100 - 0.01 * 10],
    ['is bounded as told', 100, 0.5, { largestTrust: 2 }, 100 - 0.01 * 2],
    ['is 1 for a weight of zeros', 0, 0.5, {}, -0.01],
    ['is 1 for an update of zeros', 3, 0, {}, 3],
    ['is 1 when both are zeros', 0, 0, {}, 0],
    ['counts the decay into the update', 3, 0.5, { weightDecay: 0.5 }, 3 - 0.01 * 3],
    ['with decay alone is the ratio to that', 3, 0, { weightDecay: 0.5 }, 3 - 0.01 * 2 * 1.5],
  ])('%s', async (_, weight, gradient, options, expected) => {
    const after = await step(weight, gradient, options);
    for (const value of after) expect(value).toBeCloseTo(expected, 4);
    expect(after[1]).toBeCloseTo(after[0]!, 6);
  });
});

describe('adam, while it is traced,', () => {
  const traced = (apply: (optimiser: Optimiser, weight: tf.Variable) => void): Promise<unknown> => {
    const weight = tf.variable(tf.ones([2, 3]));
    const optimiser = adam([weight]);
    const fn = (x: tf.Tensor): tf.Tensor => {
      apply(optimiser, weight);
      return x;
    };
    return compile(fn, [{ shape: [] }], { variables: [weight, ...optimiser.variables] });
  };

  it('refuses a gradient of another shape', async () => {
    const wrong = traced((optimiser, weight) => {
      optimiser.apply({ [weight.name]: tf.ones([3, 2]) }, { rate: 1 });
    });
    await expect(wrong).rejects.toMatchObject({ code: 'UNSUPPORTED', message: expect.stringMatching(/gradient of .* is float32 \[3, 2\].*optimisers\.spec.*must be float32 \[2, 3\]/) as string }); // prettier-ignore
  });

  it('refuses a rate that is not one number', async () => {
    const wrong = traced((optimiser, weight) => {
      optimiser.apply({ [weight.name]: tf.ones([2, 3]) }, { rate: tf.ones([1]) as unknown as tf.Scalar });
    });
    await expect(wrong).rejects.toMatchObject({ code: 'UNSUPPORTED', message: expect.stringMatching(/rate or momentum is float32 \[1\]/) as string }); // prettier-ignore
  });
});
