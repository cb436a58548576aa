import * as tf from '@tensorflow/tfjs';

/**
 * Huber loss (1964) on chroma, weighted by how coloured the truth is: `w = 1 + k·max(|U|, |V|)`, normalised to mean 1.
 * Alone, Huber settles for the middle of all colours that a thing might have, which is brownish grey, and most pixels
 * of photographs are nearly grey; the weight makes a missed colour cost more than a missed grey.
 * @param output `[b, h, w, 2]` in −1..1
 * @param truth the same
 */
export function weightedHuber(output: tf.Tensor4D, truth: tf.Tensor4D, delta: number, k: number): tf.Scalar {
  return tf.tidy(() => {
    const weight = tf.add(1, tf.mul(k, tf.max(tf.abs(truth), 3, true)));
    const error = tf.abs(tf.sub(output, truth));
    const quadratic = tf.minimum(error, delta);
    const huber = tf.add(tf.mul(0.5, tf.square(quadratic)), tf.mul(delta, tf.sub(error, quadratic)));
    return tf.div(tf.mean(tf.mul(huber, weight)), tf.mean(weight)) as tf.Scalar;
  });
}
