import * as tf from '@tensorflow/tfjs';

import type { FeatureExtractor } from './feature-extractor.js';
import { gram } from './gram.js';
import { LossError } from './loss-error.js';
import type { PerceptualWeights } from './perceptual-weights.js';
import { checkSameShape } from './same-shape.js';

/** Standard deviation of ImageNet's R, G and B in 0..1; half of −1..1. Its mean cancels in a difference. */
const DEVIATION = [0.229, 0.224, 0.225].map((deviation) => 2 * deviation);

/** The terms of {@link perceptual} before they are weighted: scalars, the features' and Gram matrices' in tap order. */
export interface PerceptualTerms {
  readonly pixels: tf.Scalar;
  readonly features: readonly tf.Scalar[];
  readonly grams: readonly tf.Scalar[];
}

/**
 * How differently two pictures look to a fixed network:
 * `scale · [p · L1(pixels) + Σ fᵢ · L1(featuresᵢ) + Σ gᵢ · L1(Gram(featuresᵢ))]`, where L1 is the mean absolute
 * difference, and pixels are divided by ImageNet's standard deviation. In the seed's recipe scale is 0.1, p 1, fᵢ the
 * weight wᵢ of layer i, gᵢ is wᵢ² · 5000, and the caller counts the whole 5 times, for both domains.
 *
 * `real` and `cycled` are RGB `[b, h, w, 3]` of one shape in −1..1; the result is a scalar ≥ 0. Gradients reach both.
 * Source: the feature loss of fastai's course (2019, lesson 7), after Johnson et al., 2016, and Gatys et al., 2016.
 * @throws LossError `SHAPE_MISMATCH`; `BAD_SETTING` when there is not one weight for each tap
 */
export function perceptual(
  real: tf.Tensor4D,
  cycled: tf.Tensor4D,
  extract: FeatureExtractor,
  { scale, pixels, features, grams }: PerceptualWeights,
): tf.Scalar {
  return tf.tidy(() => {
    const terms = perceptualTerms(real, cycled, extract);
    checkWeights(terms.features.length, features.length, grams.length);
    const weighted = [
      tf.mul(terms.pixels, pixels),
      ...terms.features.map((term, i) => tf.mul(term, features[i]!)),
      ...terms.grams.map((term, i) => tf.mul(term, grams[i]!)),
    ];
    return tf.mul(tf.addN(weighted), scale).asScalar();
  });
}

/** The parts of {@link perceptual}, each by itself, which is how weights for another network are found. */
export function perceptualTerms(real: tf.Tensor4D, cycled: tf.Tensor4D, extract: FeatureExtractor): PerceptualTerms {
  checkSameShape('perceptual', cycled, real);
  const [pixels, ...others] = tf.tidy((): tf.Scalar[] => {
    const [wanted, found] = [extract(real), extract(cycled)];
    return [
      tf.mean(tf.abs(tf.div(tf.sub(cycled, real), tf.tensor1d(DEVIATION)))).asScalar(),
      ...wanted.map((tap, i) => difference(found[i]!, tap)),
      ...wanted.map((tap, i) => difference(gram(found[i]!), gram(tap))),
    ];
  }) as [tf.Scalar, ...tf.Scalar[]];
  const taps = others.length / 2;
  return { pixels, features: others.slice(0, taps), grams: others.slice(taps) };
}

const difference = (found: tf.Tensor, wanted: tf.Tensor): tf.Scalar =>
  tf.mean(tf.abs(tf.sub(found, wanted))).asScalar();

function checkWeights(taps: number, features: number, grams: number): void {
  if (features === taps && grams === taps) return;
  throw new LossError(
    'BAD_SETTING',
    `perceptual: the network has ${taps} taps, but there are ${features} weights for features and ${grams} for Gram matrices.`,
  );
}
