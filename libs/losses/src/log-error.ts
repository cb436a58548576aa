import * as tf from '@tensorflow/tfjs';

import { LossError } from './loss-error.js';
import { checkSameShape } from './same-shape.js';

/**
 * Mean over the pictures of a batch of `ln(1 + MSE / floor)`, where MSE is a picture's own mean square error. It is what
 * a mean of PSNRs asks for: a tenth less of its error counts the same in a picture of pale colours and in one of strong
 * colours, where a plain mean hears only the strong. Below the floor a picture is as good as right.
 *
 * Both `[b, h, w, c]` on one scale; `floor` > 0 is the square of an error on it; the result is a scalar ≥ 0.
 * Source: the logarithm of the definition of PSNR, bounded below as Charbonnier's penalty is.
 * @throws LossError `SHAPE_MISMATCH`; `BAD_SETTING` unless the floor is positive
 */
export function logError(output: tf.Tensor4D, truth: tf.Tensor4D, floor: number): tf.Scalar {
  checkSameShape('logError', output, truth);
  if (!(floor > 0)) throw new LossError('BAD_SETTING', `logError: the floor is ${floor}, but it must be above 0.`);
  return tf.tidy(() => {
    const error = tf.mean(tf.square(tf.sub(output, truth)), [1, 2, 3]);
    return tf.mean(tf.log(tf.add(tf.div(error, floor), 1))).asScalar();
  });
}
