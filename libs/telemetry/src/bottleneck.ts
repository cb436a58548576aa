import type { LatencySummary } from './latency.js';
import type { Stage } from './names.js';

/** What can be the slowest part of the whole. */
export type Part = 'decoder' | 'colorizer' | 'encoder';

/**
 * The stages in which frames are when each part is what everything waits for. Before the slowest part they gather up to their
 * window, which is longer than any work on one frame; a decoder that is the slowest is waited for itself. `encode` and `keep` are
 * no sign: encoders look ahead, so a frame stays there for a while whoever is slow.
 */
const SIGNS: Readonly<Record<Part, readonly Stage[]>> = {
  decoder: ['decode'],
  colorizer: ['queue', 'batch', 'infer', 'reorder'],
  encoder: ['deliver', 'merge'],
};
/** Where all frames of a short film may be while a slow encoder works, with none left to gather before it. */
const INSIDE: readonly Stage[] = ['encode', 'keep'];

/** Less than this share of the time is no gathering. */
const FEW = 0.05;
/** More frames than a window and the longest look-ahead have room for: some must gather before a slow encoder. */
const LONG_FILM = 320;

export interface Bottleneck {
  readonly part: Part;
  /** Mean time that a frame waits for it, seconds. */
  readonly seconds: number;
  /** Of the whole time, 0..1. */
  readonly share: number;
}

/** The part that frames wait for the longest. @returns undefined when no frame was counted, or none stands out */
export function bottleneckOf({ frames, stages, whole }: LatencySummary): Bottleneck | undefined {
  if (frames === 0 || whole.mean === 0) return undefined;
  const waits = (part: Part, where: readonly Stage[]): Bottleneck => {
    const seconds = stages.filter(({ stage }) => where.includes(stage)).reduce((sum, { mean }) => sum + mean, 0);
    return { part, seconds, share: seconds / whole.mean };
  };
  const parts = Object.entries(SIGNS) as [Part, readonly Stage[]][];
  const longest = parts.map(([part, signs]) => waits(part, signs)).reduce((most, one) => (one.seconds > most.seconds ? one : most)); // prettier-ignore
  if (longest.share >= FEW || frames >= LONG_FILM) return longest;
  // Frames are decoded one by one: a decoder that is the slowest was at it about as long as the slowest frame took.
  if (longest.part === 'decoder' && frames * longest.seconds >= whole.p99 / 2) return longest;
  const encoder = waits('encoder', [...SIGNS.encoder, ...INSIDE]);
  return encoder.share >= 0.5 ? encoder : undefined;
}
