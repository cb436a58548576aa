import * as tf from '@tensorflow/tfjs';

import { LossError } from './loss-error.js';
import { checkSameShape } from './same-shape.js';

/**
 * Paired Huber chroma loss, weighted by how coloured the truth is: `Σ w·huber(e) / Σ w` with `w = 1 + k·max(|U|, |V|)`
 * of the truth. Alone, Huber settles for the middle of all the colours that a thing might have, which is brownish grey,
 * and most pixels of photographs are nearly grey; the weight makes a missed colour cost more than a missed grey.
 *
 * Both `[b, h, w, 2]` on the generator's scale (−1..1, neutral 0); `delta` > 0 and `k` ≥ 0 on that scale; the result is
 * a scalar ≥ 0. Source: `chromaHuber`, with the weighting idea of Zhang et al., "Colorful Image Colorization", 2016,
 * section 2.2 (class rebalancing).
 * @throws LossError `SHAPE_MISMATCH`; `BAD_SETTING` unless `delta` is positive and `k` is not negative
 */
export function weightedHuber(output: tf.Tensor4D, truth: tf.Tensor4D, delta: number, k: number): tf.Scalar {
  checkSameShape('weightedHuber', output, truth);
  if (!(delta > 0 && k >= 0)) {
    throw new LossError('BAD_SETTING', `weightedHuber: delta is ${delta} and k is ${k}, but they must be > 0 and ≥ 0.`);
  }
  return tf.tidy(() => {
    const weight = tf.add(1, tf.mul(k, tf.max(tf.abs(truth), 3, true)));
    const error = tf.abs(tf.sub(output, truth));
    const inner = tf.minimum(error, delta);
    const outer = tf.sub(error, inner);
    const huber = tf.add(tf.mul(0.5, tf.square(inner)), tf.mul(delta, outer));
    return tf.div(tf.mean(tf.mul(huber, weight)), tf.mean(weight)).asScalar();
  });
}
