import type { FeatureExtractor, PerceptualWeights } from '@kinemacolor/losses';

/** What the perceptual loss looks through, and what its terms weigh. */
export interface Perception {
  readonly extract: FeatureExtractor;
  readonly weights: PerceptualWeights;
}
