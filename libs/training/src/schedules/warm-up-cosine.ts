import { cosineBetween, type Schedule } from './schedule.js';

export interface WarmUpCosineOptions {
  /** Highest learning rate. */
  readonly peak: number;
  /** Steps of the climb, as far as they are no more than half of the schedule: a short one reaches its peak, too. */
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
    const climb = Math.min(warmUp, Math.floor(total / 2));
    if (step < climb) return { rate: (peak * (step + 1)) / climb };
    const share = Math.min(1, (step - climb) / Math.max(1, total - climb));
    return { rate: cosineBetween(peak, floor * peak, share) };
  };
}
