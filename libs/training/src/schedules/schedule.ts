/** What the optimiser is told in one step. */
export interface Rates {
  /** Learning rate. */
  readonly rate: number;
  /** First moment's decay (β₁); where it is left out the optimiser keeps its own. */
  readonly momentum?: number;
}

/**
 * A schedule, as a pure function: a resumed run needs no state of it.
 *
 * @param step steps done before this one, 0 … total − 1; past the end it stays what it was in the last step
 * @param total steps of the whole schedule, 1 or more
 */
export type Schedule = (step: number, total: number) => Rates;

/** From `from` (share 0) to `to` (share 1) along half a cosine, flat at both ends. */
export function cosineBetween(from: number, to: number, share: number): number {
  return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * share));
}

export function clampedStep(step: number, total: number): number {
  return Math.max(0, Math.min(step, total - 1));
}
