import * as tf from '@tensorflow/tfjs';

/**
 * Gives variables their values out of one row of floats, in order.
 * @throws RangeError when the two do not go together
 */
export function assignWeights(variables: readonly tf.Variable[], floats: Float32Array): void {
  const wanted = variables.reduce((sum, { size }) => sum + size, 0);
  if (wanted !== floats.length) throw new RangeError(`${floats.length} floats are no weights of ${wanted}.`);
  let start = 0;
  for (const variable of variables) {
    const values = floats.slice(start, (start += variable.size));
    tf.tidy(() => {
      variable.assign(tf.tensor(values, variable.shape));
    });
  }
}
