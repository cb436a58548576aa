import type * as tf from '@tensorflow/tfjs';

/**
 * The largest difference of two tensors as a share of the largest expected value (of `least`, when all are smaller).
 * Infinite when shapes or types differ, or one is NaN or infinite where the other is not.
 */
export function relativeDifference(actual: tf.Tensor, expected: tf.Tensor, least = 1e-3): number {
  if (actual.dtype !== expected.dtype || actual.shape.join() !== expected.shape.join()) return Infinity;
  const [values, right] = [actual.dataSync(), expected.dataSync()];
  let [difference, largest] = [0, least];
  for (const [i, value] of right.entries()) {
    if (Object.is(values[i], value) || values[i] === value) {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
      continue;
    }
    if (!Number.isFinite(value) || !Number.isFinite(values[i])) return Infinity;
    difference = Math.max(difference, Math.abs(values[i]! - value));
    largest = Math.max(largest, Math.abs(value));
  }
  return difference / largest;
}
