import * as tf from '@tensorflow/tfjs';

import { checkSameShape } from './same-shape.js';

/**
 * Paired chroma loss: `mean |output − truth|` over every value.
 *
 * Both `[b, h, w, 2]` on the generator's scale (−1..1, neutral 0); the result is a scalar, 0..2. It is robust, and it
 * averages: where the colour is uncertain its best answer is the median, which is muted.
 * Source: the L1 term of Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", 2017.
 * @throws LossError `SHAPE_MISMATCH`
 */
export function chromaL1(output: tf.Tensor4D, truth: tf.Tensor4D): tf.Scalar {
  checkSameShape('chromaL1', output, truth);
  return tf.tidy(() => tf.mean(tf.abs(tf.sub(output, truth))).asScalar());
}
