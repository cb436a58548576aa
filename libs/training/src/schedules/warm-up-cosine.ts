import { cosineBetween, type Schedule } from './schedule.js';

export interface WarmUpCosineOptions {
  /** Highest learning rate. */
  readonly peak: number;
  /** Steps of the climb. */
  readonly warmUp: number;
  /** The end, as a share of the peak. */
  readonly floor: number;
}

/**
 * A straight climb, then half a cosine down to `floor · peak`, where it stays; the momentum stays the optimiser's.
 * Source: Loshchilov and Hutter, "SGDR", 2017, without restarts.
 */
export function warmUpCosine({ peak, warmUp, floor }: WarmUpCosineOptions): Schedule {
  return (step, total) => {
    if (step < warmUp) return { rate: (peak * (step + 1)) / warmUp };
    const share = Math.min(1, (step - warmUp) / Math.max(1, total - warmUp));
    return { rate: cosineBetween(peak, floor * peak, share) };
  };
}
