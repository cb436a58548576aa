import type { Rational } from './types.js';

/** Ticks a second of a QuickTime track that counts in this time base exactly. */
export function trackTimescale({ num, den }: Rational): number {
  return den % num === 0 ? den / num : den;
}
