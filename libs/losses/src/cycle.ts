import * as tf from '@tensorflow/tfjs';

import { checkSameShape } from './same-shape.js';

/**
 * Cycle consistency: `mean |F(G(x)) − x|` over every value, for one direction; the caller adds both and weights them
 * (λ = 10 in the seed's recipe).
 *
 * `cycled` is the picture after both generators, `real` the one that went in, both of one shape on −1..1; the result is
 * a scalar, 0..2.
 * Source: Zhu et al., "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", 2017,
 * equation 2.
 * @throws LossError `SHAPE_MISMATCH`
 */
export function cycle(cycled: tf.Tensor, real: tf.Tensor): tf.Scalar {
  checkSameShape('cycle', cycled, real);
  return tf.tidy(() => tf.mean(tf.abs(tf.sub(cycled, real))).asScalar());
}
