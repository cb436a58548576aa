import type { Schedule } from './schedule.js';

/** One learning rate throughout; the optimiser keeps its momentum. */
export function constant(rate: number): Schedule {
  return () => ({ rate });
}
