import type { LossBounds } from '../step/same-training.js';

/**
 * A discriminator's loss is small and led astray by rounding: after five steps at width 32 two ways of fp32 are 2 % apart in
 * it, and fp32 and bf16 10 %. It may rise at first, to several times what it was, as Adam's first steps are as long as any.
 */
const JUDGED = { apart: 0.15, falls: false };

export const LOSS_BOUNDS: LossBounds = {
  generator: { apart: 0.05, falls: true },
  discriminatorColour: JUDGED,
  discriminatorGrey: JUDGED,
};
