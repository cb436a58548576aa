/** What the terms of the perceptual loss count. */
export interface PerceptualWeights {
  /** Of the whole. */
  readonly scale: number;
  /** Of the L1 of normalised pixels. */
  readonly pixels: number;
  /** Of each tap's L1 of features: one a tap. */
  readonly features: readonly number[];
  /** Of each tap's L1 of Gram matrices: one a tap. */
  readonly grams: readonly number[];
}

/** The seed's weights for VGG16 with batch norm: w = 5, 12, 2, and w² · 5000 for the Gram matrices. */
export const VGG16_PERCEPTUAL: PerceptualWeights = {
  scale: 0.1,
  pixels: 1,
  features: [5, 12, 2],
  grams: [25 * 5000, 144 * 5000, 4 * 5000],
};

/**
 * For the four taps of Darknet tiny. Chosen so that at the start, with untrained generators, the eight terms of features
 * and Gram matrices count alike and the pixels as a fifth of the whole, which is then about 7 · scale: a test of the
 * trainer, `perceptual-shares.spec.ts`, measures it. The seed's run logged 5.27 · scale in the mean of its first epoch
 * with VGG16; how that was shared out it does not tell.
 */
export const DARKNET_TINY_PERCEPTUAL: PerceptualWeights = {
  scale: 0.1,
  pixels: 1,
  features: [0.35, 1, 2, 2.9],
  grams: [3.6, 430, 2200, 4000],
};
