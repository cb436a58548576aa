import * as tf from '@tensorflow/tfjs';

import { checkSameShape } from './same-shape.js';

/**
 * Identity: `mean |G(y) − y|` over every value, for a picture `y` that is of the generator's target domain already and
 * should come back unchanged; it keeps colours from inverting. The caller weights it (0.5 · λ in the seed's recipe).
 *
 * Both of one shape on −1..1; the result is a scalar, 0..2.
 * Source: Zhu et al., 2017 (CycleGAN), section 5.2, after Taigman et al., "Unsupervised Cross-Domain Image Generation",
 * 2017.
 * @throws LossError `SHAPE_MISMATCH`
 */
export function identity(output: tf.Tensor, target: tf.Tensor): tf.Scalar {
  checkSameShape('identity', output, target);
  return tf.tidy(() => tf.mean(tf.abs(tf.sub(output, target))).asScalar());
}
