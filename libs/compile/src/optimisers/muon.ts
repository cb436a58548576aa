import * as tf from '@tensorflow/tfjs';
import { assign } from '../trace/assign.js';
import { adam, type AdamOptions } from './adam.js';
import type { Optimiser } from './optimiser.js';

/** A kernel with fewer rows or columns than this is no map between features, and learns by Adam. */
const LEAST_SIDE = 16;

/** The quintic of Jordan et al.: it takes singular values of 0..1 to about 0.7..1.2 in five rounds. */
const [A, B, C] = [3.4445, -4.775, 2.0315] as const;
const ROUNDS = 5;

/** Root mean square of a step of Adam, which a step of Muon is brought to, so that both learn at the same rates. */
const STEP_SIZE = 0.2;

/**
 * Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"): the momentum of a kernel, as a
 * matrix of inputs by outputs, is replaced by the nearest matrix whose singular values are all about 1, so that rare
 * directions are learnt as fast as frequent ones. `w −= rate · 0.2 · √max(rows, columns) · orthogonal(β·m + (1 − β)·g)`,
 * with the scale of Liu et al. 2025, "Muon is scalable for LLM training", section 2.2.
 *
 * Biases, and kernels of less than 16 rows or columns (the first and last layers), learn by Adam with the same rate.
 * Plain tfjs, eager and compiled alike.
 * @param weights float32 variables; the optimiser's own variables are made beside them and belong to the caller
 */
export function muon(weights: readonly tf.Variable[], options: AdamOptions = {}): Optimiser {
  const { beta1 = 0.95 } = options;
  const hidden = weights.filter((weight) => isMap(matrixShape(weight)));
  const others = adam(
    weights.filter((weight) => !hidden.includes(weight)),
    { ...options, beta1 },
  );
  const moments = tf.tidy(() => hidden.map(({ shape }) => tf.variable(tf.zeros(shape), false)));
  return {
    variables: [...moments, ...others.variables],
    apply: (gradients, step) => {
      const { rate, beta1: momentum = beta1 } = step;
      others.apply(gradients, step);
      tf.tidy(() => {
        const rest = tf.sub(1, momentum);
        for (const [i, weight] of hidden.entries()) {
          const gradient = gradients[weight.name];
          if (gradient === undefined) continue;
          const fresh = tf.mul(gradient, rest);
          const m = tf.add(tf.mul(moments[i]!, momentum), fresh);
          assign(moments[i]!, m);
          const [rows, columns] = matrixShape(weight);
          const ahead = tf.add(tf.mul(m, momentum), fresh);
          const direction = tf.reshape(orthogonal(tf.reshape(ahead, [rows, columns])), weight.shape);
          const scale = tf.mul(rate, STEP_SIZE * Math.sqrt(Math.max(rows, columns)));
          assign(weight, tf.sub(weight, tf.mul(direction, scale)));
        }
      });
    },
  };
}

/** Inputs by outputs: a kernel `[h, w, in, out]` maps `h·w·in` values to `out`. */
function matrixShape({ shape }: tf.Tensor): [rows: number, columns: number] {
  const columns = shape.at(-1) ?? 1;
  return [shape.slice(0, -1).reduce((product, side) => product * side, 1), columns];
}

const isMap = ([rows, columns]: readonly [number, number]): boolean => Math.min(rows, columns) >= LEAST_SIDE;

/** Newton and Schulz' iteration towards the orthogonal factor of a matrix; zeros stay zeros. */
function orthogonal(matrix: tf.Tensor2D): tf.Tensor2D {
  const [rows, columns] = matrix.shape;
  const wide = columns > rows;
  const size = tf.sqrt(tf.sum(tf.square(matrix)));
  let x = tf.div<tf.Tensor2D>(matrix, tf.add(size, 1e-7));
  for (let round = 0; round < ROUNDS; round++) {
    // The smaller of the two products of the matrix with itself.
    const gram = wide ? tf.matMul(x, x, false, true) : tf.matMul(x, x, true, false);
    const factor = tf.add<tf.Tensor2D>(tf.mul(gram, B), tf.mul(tf.matMul(gram, gram), C));
    x = tf.add(tf.mul(x, A), wide ? tf.matMul(factor, x) : tf.matMul(x, factor));
  }
  return x;
}
