import type { LatencySummary } from './latency.js';
import type { Stage } from './names.js';

/** What can be the slowest part of the whole. */
export type Part = 'decoder' | 'colorizer' | 'encoder';

/**
 * The stages in which frames are when each part is what everything waits for. Before the slowest part they gather up to their
 * window, which is longer than any work on one frame; a decoder that is the slowest is waited for itself. `encode` is no sign:
 * encoders look ahead, so a frame stays there for a while whoever is slow.
 */
const SIGNS: Readonly<Record<Part, readonly Stage[]>> = {
  decoder: ['decode'],
  colorizer: ['queue', 'batch', 'infer', 'reorder'],
  encoder: ['deliver', 'merge'],
};

export interface Bottleneck {
  readonly part: Part;
  /** Mean time that a frame waits for it, seconds. */
  readonly seconds: number;
  /** Of the whole time, 0..1. */
  readonly share: number;
}

/** The part that frames wait for the longest. @returns undefined when no frame was counted */
export function bottleneckOf({ frames, stages, whole }: LatencySummary): Bottleneck | undefined {
  if (frames === 0 || whole.mean === 0) return undefined;
  const parts = Object.entries(SIGNS) as [Part, readonly Stage[]][];
  const waits = parts.map(([part, signs]) => {
    const seconds = stages.filter(({ stage }) => signs.includes(stage)).reduce((sum, { mean }) => sum + mean, 0);
    return { part, seconds, share: seconds / whole.mean };
  });
  return waits.reduce((longest, one) => (one.seconds > longest.seconds ? one : longest));
}
