import * as tf from '@tensorflow/tfjs';

const REAL = 1;

const meanSquareFrom = (scores: tf.Tensor, label: number): tf.Tensor => tf.mean(tf.square(tf.sub(scores, label)));

/**
 * Least-squares GAN, the generator's side: `mean (D(fake) − 1)²`.
 *
 * `fakeScores` are the discriminator's raw scores (no sigmoid) of any shape, for example `[b, h', w', 1]` of a
 * PatchGAN; the result is a scalar ≥ 0, 0 when every patch passes for real.
 * Source: Mao et al., "Least Squares Generative Adversarial Networks", 2017, equation 9; without its factor ½, as
 * CycleGAN has it (Zhu et al., 2017).
 */
export function lsganGenerator(fakeScores: tf.Tensor): tf.Scalar {
  return tf.tidy(() => meanSquareFrom(fakeScores, REAL).asScalar());
}

/**
 * Least-squares GAN, the discriminator's side: `½ · [mean (D(real) − 1)² + mean D(fake)²]`.
 *
 * Raw scores of any shape, the two need not agree; the fakes must come from a generator that is held fixed. A scalar
 * ≥ 0: 0 when it is always right, ¼ when it answers ½ to everything.
 * Source: Mao et al., 2017, equation 9, with a = 0 and b = c = 1.
 */
export function lsganDiscriminator(realScores: tf.Tensor, fakeScores: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const real = meanSquareFrom(realScores, REAL);
    const fake = tf.mean(tf.square(fakeScores));
    return tf.mul(tf.add(real, fake), 0.5).asScalar();
  });
}
