import * as tf from '@tensorflow/tfjs';

import { LossError } from './loss-error.js';
import { checkSameShape } from './same-shape.js';

/**
 * Paired chroma L1 in which colourful pixels count more: `Σ w · |output − truth| / Σ w` over every value, with the
 * pixel's weight `w = 1 + k · √(u² + v²)` taken from the true chroma. Since most pixels of most pictures are nearly
 * grey, plain L1 pulls everything towards grey; this pulls back.
 *
 * Both `[b, h, w, 2]` on the generator's scale (−1..1, neutral 0); `k` ≥ 0, and `k` = 0 is `chromaL1`. The weights are
 * normalised over the batch, so the result stays on the scale of L1: a scalar, 0..2. The truth is a constant: no
 * gradient is defined for it.
 * Source: the idea of class rebalancing in Zhang, Isola and Efros, "Colorful Image Colorization", 2016, without the
 * classes.
 * @throws LossError `SHAPE_MISMATCH`; `BAD_SETTING` when `k` is below 0 or no number
 */
export function weightedChroma(output: tf.Tensor4D, truth: tf.Tensor4D, k: number): tf.Scalar {
  checkSameShape('weightedChroma', output, truth);
  if (!(k >= 0)) throw new LossError('BAD_SETTING', `weightedChroma: k is ${k}, but it must be 0 or more.`);
  return tf.tidy(() => {
    const saturation = tf.sqrt(tf.sum(tf.square(truth), 3, true));
    const weight = tf.add(tf.mul(saturation, k), 1);
    const error = tf.mean(tf.abs(tf.sub(output, truth)), 3, true);
    return tf.div(tf.sum(tf.mul(weight, error)), tf.sum(weight)).asScalar();
  });
}
