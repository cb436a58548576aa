import type { Shift } from './global-motion.js';

/** The pixels that were in the picture before, too: x0 ≤ x < x1, y0 ≤ y < y1; each was `back` places further on then. */
export interface Overlap {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly back: number;
}

export function overlapOf(width: number, height: number, { dx, dy }: Shift): Overlap {
  return {
    x0: Math.max(0, dx),
    x1: Math.min(width, width + dx),
    y0: Math.max(0, dy),
    y1: Math.min(height, height + dy),
    back: dy * width + dx,
  };
}

/** Pixels that a change is averaged over; changes are kept as sums over them, so that they stay whole numbers. */
export const CHANGE_WINDOW = 9;

/** How the luma changed from one frame to the next; its memory serves every frame of a film. */
export class LumaChange {
  private readonly delta: Int32Array;
  private readonly rows: Int32Array;

  constructor(
    private readonly width: number,
    height: number,
  ) {
    this.delta = new Int32Array(width * height);
    this.rows = new Int32Array(width * height);
  }

  /**
   * now − before where they overlap, the mean taken out, summed over 3 × 3 pixels (edges repeated).
   * @returns good until the next call; outside of the overlap it means nothing
   */
  between(now: Uint8Array, before: Uint8Array, { x0, x1, y0, y1, back }: Overlap): Int32Array {
    const { width, delta, rows } = this;
    let sum = 0;
    for (let y = y0; y < y1; y++) {
      const end = y * width + x1;
      for (let i = y * width + x0; i < end; i++) {
        const d = now[i]! - before[i - back]!;
        delta[i] = d;
        sum += d;
      }
    }
    const mean = Math.round((CHANGE_WINDOW * sum) / ((x1 - x0) * (y1 - y0)));
    for (let y = y0; y < y1; y++) {
      const [first, last] = [y * width + x0, y * width + x1 - 1];
      // A window of three that slides: each delta is read once.
      let left = delta[first]!;
      let middle = left;
      for (let i = first; i < last; i++) {
        const right = delta[i + 1]!;
        rows[i] = left + middle + right;
        left = middle;
        middle = right;
      }
      rows[last] = left + 2 * middle;
    }
    for (let y = y0; y < y1; y++) {
      const [up, down] = [y > y0 ? width : 0, y < y1 - 1 ? width : 0];
      const end = y * width + x1;
      for (let i = y * width + x0; i < end; i++) delta[i] = rows[i - up]! + rows[i]! + rows[i + down]! - mean;
    }
    return delta;
  }
}
