import { Random } from '../random.js';

/** What the pool, once it is full, does with one picture. */
export interface PoolDecision {
  /** Give out an older picture and keep this one in its place. */
  readonly swap: boolean;
  /** Which older one: 0 … capacity − 1. Without meaning when nothing is swapped. */
  readonly slot: number;
}

/** sfc32 needs some rounds until every bit of the seed has reached every bit of what it gives. */
const ROUNDS = 15;

/**
 * The decisions of one step: a function of its arguments alone, so that a resumed run decides as an undisturbed one.
 * Half of the pictures are swapped, each slot is as likely as the others.
 *
 * @param stream tells pools of one run apart
 */
export function poolDecisions(
  { seed, stream, step }: { readonly seed: number; readonly stream: number; readonly step: number },
  pictures: number,
  capacity: number,
): PoolDecision[] {
  const random = new Random([seed >>> 0, stream >>> 0, step >>> 0, 1]);
  for (let round = 0; round < ROUNDS; round++) random.next();
  return Array.from({ length: pictures }, () => ({ swap: random.next() > 0.5, slot: random.below(capacity) }));
}
