import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { makeSample } from '../testing/samples.js';
import { adam } from './adam.js';
import { muon } from './muon.js';

beforeAll(async () => {
  await loadBackend('cpu');
});

/** What one step of rate 1 takes away from a weight of zeros. */
function stepOf(gradient: tf.Tensor): tf.Tensor {
  const weight = tf.variable(tf.zeros(gradient.shape));
  const optimiser = muon([weight]);
  optimiser.apply({ [weight.name]: gradient }, { rate: 1 });
  const step = tf.neg(weight);
  tf.dispose([weight, ...optimiser.variables]);
  return step;
}

/** Largest and smallest singular value, by the power method on the matrix of products and on what is left to its largest. */
function singularValues(matrix: tf.Tensor2D): [largest: number, smallest: number] {
  return tf.tidy(() => {
    const [rows, columns] = matrix.shape;
    const gram: tf.Tensor2D =
      rows < columns ? tf.matMul(matrix, matrix, false, true) : tf.matMul(matrix, matrix, true, false);
    const largestOf = (square: tf.Tensor2D): number => {
      let vector = tf.ones<tf.Rank.R2>([square.shape[0], 1]);
      for (let i = 0; i < 300; i++) {
        const next: tf.Tensor2D = tf.matMul(
          square,
          tf.add(vector, tf.mul<tf.Tensor2D>(1e-3, makeSample({ shape: vector.shape }, i))),
        );
        vector = tf.div(next, tf.norm(next));
      }
      return tf.sum(tf.mul(vector, tf.matMul(square, vector))).dataSync()[0]!;
    };
    const largest = largestOf(gram);
    const left = largestOf(tf.sub(tf.mul(tf.eye(gram.shape[0]), largest), gram));
    return [Math.sqrt(largest), Math.sqrt(Math.max(0, largest - left))];
  });
}

describe('muon', () => {
  it.each([
    ['a tall matrix', [40, 20]],
    ['a wide matrix', [20, 40]],
    ['a kernel of 3×3', [3, 3, 8, 24]],
    ['a kernel that maps fewer values to more', [1, 1, 16, 64]],
  ])('steps the same way along all directions: %s', (_, shape) => {
    tf.tidy(() => {
      const columns = shape.at(-1)!;
      const rows = shape.slice(0, -1).reduce((product, side) => product * side, 1);
      // The last rows are a hundredth: directions that a plain step would hardly take.
      const faint = tf.concat([tf.ones([rows / 2, 1]), tf.fill([rows / 2, 1], 0.01)]);
      const gradient = tf.mul(tf.reshape(makeSample({ shape: [rows, columns] }, 3), [rows, columns]), faint);
      const step = tf.reshape<tf.Rank.R2>(stepOf(tf.reshape(gradient, shape)), [rows, columns]);
      const [largest, smallest] = singularValues(step);
      const size = 0.2 * Math.sqrt(Math.max(rows, columns));
      expect(largest / size).toBeLessThan(1.25);
      expect(smallest / size).toBeGreaterThan(0.3);
      const [before, little] = singularValues(tf.reshape<tf.Rank.R2>(gradient, [rows, columns]));
      expect(little / before).toBeLessThan(0.2);
      // And it goes down: the step and the gradient point the same way.
      expect(tf.sum(tf.mul(step, tf.reshape(gradient, [rows, columns]))).dataSync()[0]).toBeGreaterThan(0);
    });
  });

  it('has the size of a step of Adam whatever the size of the gradient, and none for zeros', () => {
    tf.tidy(() => {
      const gradient = makeSample({ shape: [64, 32] }, 5);
      for (const size of [1e-4, 1, 1e4]) {
        const rms = Math.sqrt(tf.mean(tf.square(stepOf(tf.mul(gradient, size)))).dataSync()[0]!);
        expect(rms).toBeGreaterThan(0.15);
        expect(rms).toBeLessThan(0.25);
      }
      expect(tf.max(tf.abs(stepOf(tf.zeros([64, 32])))).dataSync()[0]).toBe(0);
    });
  });

  it('looks ahead with its momentum', () => {
    const [weight, wanted] = tf.tidy(() => {
      const variable = tf.variable(tf.zeros([20, 16]));
      const [first, second] = [1, 2].map((seed) => makeSample({ shape: [20, 16] }, seed)) as [tf.Tensor, tf.Tensor];
      const optimiser = muon([variable]);
      optimiser.apply({ [variable.name]: first }, { rate: 0 });
      optimiser.apply({ [variable.name]: second }, { rate: 1, beta1: 0.6 });
      // m = 0.6 · (0.05 · first) + 0.4 · second, and the step is that of 0.6 · m + 0.4 · second.
      const m = tf.add(tf.mul(first, 0.6 * 0.05), tf.mul(second, 0.4));
      return [tf.neg(variable), stepOf(tf.add(tf.mul(m, 0.6), tf.mul(second, 0.4)))];
    });
    expect(tf.max(tf.abs(tf.sub(weight, wanted))).dataSync()[0]).toBeLessThan(1e-4);
  });

  it('leaves biases, first and last layers to Adam', () => {
    tf.tidy(() => {
      const shapes = [[24], [], [7, 7, 1, 8], [7, 7, 32, 2]];
      const [ours, theirs] = [1, 2].map(() => shapes.map((shape) => tf.variable(tf.ones(shape)))) as [tf.Variable[], tf.Variable[]]; // prettier-ignore
      const optimisers = [muon(ours, { beta2: 0.9 }), adam(theirs, { beta1: 0.95, beta2: 0.9 })] as const;
      for (const [k, weights] of [ours, theirs].entries()) {
        for (let step = 0; step < 3; step++) {
          const gradients = Object.fromEntries(weights.map((w, i) => [w.name, makeSample({ shape: w.shape }, 10 * step + i)])); // prettier-ignore
          optimisers[k]!.apply(gradients, { rate: 0.1 });
        }
      }
      for (const [i, weight] of ours.entries()) expect(weight.dataSync()).toEqual(theirs[i]!.dataSync());
      expect(ours[0]!.dataSync()[0]).not.toBe(1);
    });
  });

  it('gives the same compiled, and leaves what has no gradient alone', async () => {
    const made = (): tf.Variable[] =>
      [[20, 16], [16], [20, 16]].map((shape, i) => tf.variable(makeSample({ shape }, i)));
    const [eager, inside] = [made(), made()];
    const optimisers = [muon(eager), muon(inside)] as const;
    const step = (weights: tf.Variable[], k: 0 | 1) => (a: tf.Tensor, b: tf.Tensor, rate: tf.Scalar): tf.Tensor => {
      optimisers[k].apply({ [weights[0]!.name]: a, [weights[1]!.name]: b }, { rate });
      return tf.clone(rate);
    }; // prettier-ignore
    const variables = [...inside, ...optimisers[1].variables];
    const compiled = await compile(step(inside, 1), [{ shape: [20, 16] }, { shape: [16] }, { shape: [] }], { variables }); // prettier-ignore
    for (let i = 0; i < 5; i++) {
      tf.tidy(() => {
        const [a, b] = [makeSample({ shape: [20, 16] }, 30 + i), makeSample({ shape: [16] }, 40 + i)];
        step(eager, 0)(a, b, tf.scalar(0.02));
        compiled(a, b, tf.scalar(0.02));
      });
    }
    compiled.readVariables();
    const before = made();
    for (const [i, weight] of eager.entries()) {
      const [found, expected, old] = [inside[i]!, weight, before[i]!].map((x) => [...x.dataSync()]) as [number[], number[], number[]]; // prettier-ignore
      for (const [j, value] of expected.entries()) expect(found[j]).toBeCloseTo(value, 4);
      if (i === 2) expect(found).toEqual(old);
      else expect(found).not.toEqual(old);
    }
    tf.dispose([...eager, ...variables, ...optimisers[0].variables, ...before]);
    compiled.dispose();
  });
});
