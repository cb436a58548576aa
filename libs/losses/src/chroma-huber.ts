import * as tf from '@tensorflow/tfjs';

import { LossError } from './loss-error.js';
import { checkSameShape } from './same-shape.js';

/**
 * Paired Huber chroma loss: the mean over every value of `e² / 2` where `|e| ≤ delta`, else `delta · (|e| − delta / 2)`,
 * with `e = output − truth`.
 *
 * Both `[b, h, w, 2]` on the generator's scale (−1..1, neutral 0); `delta` > 0 on that scale; the result is a scalar
 * ≥ 0. Note its size: the slope is at most `delta`, where that of L1 is 1.
 * Source: Huber, "Robust Estimation of a Location Parameter", 1964; used for chroma by Zhang et al., "Real-Time
 * User-Guided Image Colorization with Learned Deep Priors", 2017.
 * @throws LossError `SHAPE_MISMATCH`; `BAD_SETTING` unless `delta` is positive
 */
export function chromaHuber(output: tf.Tensor4D, truth: tf.Tensor4D, delta: number): tf.Scalar {
  checkSameShape('chromaHuber', output, truth);
  if (!(delta > 0)) throw new LossError('BAD_SETTING', `chromaHuber: delta is ${delta}, but it must be above 0.`);
  return tf.tidy(() => {
    const error = tf.abs(tf.sub(output, truth));
    const inner = tf.minimum(error, delta);
    const outer = tf.sub(error, inner);
    return tf.mean(tf.add(tf.mul(tf.square(inner), 0.5), tf.mul(outer, delta))).asScalar();
  });
}
