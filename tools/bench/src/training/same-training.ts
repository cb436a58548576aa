import { BenchError } from '../bench-error.js';

/** The largest relative difference of losses at the same step at which two sides count as doing the same work. */
export const LOSS_BOUND = 0.05;

/**
 * Judges the losses of one side, step by step from the same weights on the same picture, by those of another.
 * @returns the largest relative difference
 * @throws BenchError `DISAGREE` unless they fall and stay within {@link LOSS_BOUND}
 */
export function checkSameTraining(name: string, losses: readonly number[], reference: readonly number[]): number {
  const told = losses.map((loss) => loss.toFixed(4)).join(' ');
  if (!(losses.length > 1 && losses.at(-1)! < losses[0]!)) {
    throw new BenchError('DISAGREE', `The losses of ${name} do not fall: ${told}.`);
  }
  let largest = losses.length === reference.length ? 0 : NaN;
  for (const [i, loss] of losses.entries()) largest = Math.max(largest, Math.abs(loss / reference[i]! - 1));
  if (!(largest <= LOSS_BOUND)) {
    const wanted = reference.map((loss) => loss.toFixed(4)).join(' ');
    throw new BenchError('DISAGREE', `${name} does other work: its losses are ${told}, and should be ${wanted}.`);
  }
  return largest;
}
