import * as tf from '@tensorflow/tfjs';

/** A tensor to try a function on: the same values every time. */
export interface Sample {
  readonly shape: readonly number[];
  /** Default: `float32`. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
  /** Least and largest value; default −2 and 2, of int32 0 and 5. */
  readonly range?: readonly [number, number];
}

/** Uniform in 0..1, the same sequence for the same seed: a linear congruential generator is enough for tests. */
export function randomSource(seed: number): () => number {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e37_79b9) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  // The first numbers of near seeds are alike.
  for (let i = 0; i < 8; i++) next();
  return next;
}

/** Steps of float samples: with up to ±4 such numbers are exact in bfloat16, so that no comparison turns over. */
const STEPS = 32;

/** The values of a sample; the caller disposes of the tensor. */
export function makeSample({ shape, dtype = 'float32', range }: Sample, seed: number): tf.Tensor {
  const [low, high] = range ?? (dtype === 'int32' ? [0, 5] : [-2, 2]);
  const random = randomSource(seed);
  const size = tf.util.sizeFromShape([...shape]);
  const values = Array.from({ length: size }, () => {
    if (dtype === 'bool') return random() < 0.5 ? 0 : 1;
    if (dtype === 'int32') return low + Math.floor(random() * (high - low + 1));
    return Math.round((low + random() * (high - low)) * STEPS) / STEPS;
  });
  return tf.tensor(values, [...shape], dtype);
}
