import { trackTimescale } from './track-timescale.js';
import type { VideoStream } from './types.js';

/** How segments count the film's time. The same for every segment of a film, whoever wrote it. */
export interface SegmentClock {
  /** Ticks a second. */
  readonly timescale: number;
  /** Ticks of a segment in one tick of the source. */
  readonly factor: bigint;
  /**
   * Ticks that stand for the film's time 0. Pictures are decoded before they are shown, at times below 0 for the first
   * ones, which QuickTime cannot write: so everything lies later, and an edit list says by how much.
   */
  readonly zero: bigint;
}

/** More seconds than an encoder decodes ahead of what is shown. */
const leadSeconds = 16;

export function segmentClock({ timeBase, startTime = 0 }: VideoStream): SegmentClock {
  const timescale = trackTimescale(timeBase);
  return {
    timescale,
    factor: BigInt((timeBase.num * timescale) / timeBase.den),
    zero: BigInt(timescale) * BigInt(leadSeconds + Math.max(0, Math.ceil(-startTime))),
  };
}

/** A source time in a segment's ticks. */
export function toSegmentTicks(pts: bigint, { factor, zero }: SegmentClock): bigint {
  return pts * factor + zero;
}
