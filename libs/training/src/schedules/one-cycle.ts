import { clampedStep, cosineBetween, type Schedule } from './schedule.js';

export interface OneCycleOptions {
  /** Highest learning rate. */
  readonly peak: number;
  /** Share of the steps after which the peak is reached; default ½. */
  readonly peakAt?: number;
  /** The first rate is the peak divided by this; default 10. */
  readonly startDivisor?: number;
  /** The last rate is the peak divided by this; default 1e5. */
  readonly endDivisor?: number;
  /** Momentum at both ends and at the peak; default 0.5 and 0.35. */
  readonly momentum?: readonly [ends: number, peak: number];
}

/**
 * The seed's schedule: up to the peak and down again along two half cosines, the momentum the other way.
 *
 * Step for step that of PyTorch's `OneCycleLR` (cosine, two phases): the peak is reached at step `peakAt · total − 1`,
 * which may lie between two steps, and the end in the last step.
 * Source: Smith and Topin, "Super-Convergence", 2019, in the form of fastai's `fit_one_cycle`.
 */
export function oneCycle({
  peak,
  peakAt = 0.5,
  startDivisor = 10,
  endDivisor = 1e5,
  momentum: [ends, middle] = [0.5, 0.35],
}: OneCycleOptions): Schedule {
  return (step, total) => {
    const now = clampedStep(step, total);
    // A schedule of a few steps has no climb.
    const top = Math.max(0, peakAt * total - 1);
    if (now < top) {
      const share = now / top;
      return { rate: cosineBetween(peak / startDivisor, peak, share), momentum: cosineBetween(ends, middle, share) };
    }
    const share = total - 1 > top ? (now - top) / (total - 1 - top) : 0;
    return { rate: cosineBetween(peak, peak / endDivisor, share), momentum: cosineBetween(middle, ends, share) };
  };
}
