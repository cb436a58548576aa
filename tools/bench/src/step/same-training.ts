import { BenchError } from '../bench-error.js';
import type { Sides } from '../sides.js';
import type { Losses } from './form.js';

/** When two sides count as doing the same work. */
export interface LossBound {
  /** The largest relative difference of their losses at the same step. */
  readonly apart: number;
  /** Whether the loss must fall: what is minimised against a fixed goal does from the first step on. */
  readonly falls: boolean;
}
export type LossBounds = Readonly<Record<string, LossBound>>;

/** The losses of a side's first steps from the saved weights. */
export async function firstLosses(sides: Sides, name: string, steps: number): Promise<readonly Losses[]> {
  return (await sides.request(name, { do: 'losses', steps }))['losses'] as readonly Losses[];
}

/**
 * Holds the first steps of every side against those of eager fp32; they are the warm-up too.
 * @returns the largest relative difference of a loss, by side
 * @param bounds for every loss that there is
 * @throws BenchError `DISAGREE`
 */
export async function checkLosses(
  sides: Sides,
  reference: readonly Losses[],
  bounds: LossBounds,
): Promise<Record<string, number>> {
  const apart: Record<string, number> = {};
  for (const name of sides.names) {
    const losses = await firstLosses(sides, name, reference.length);
    const differences = Object.entries(bounds).map(([loss, bound]) => {
      const series = (all: readonly Losses[]): readonly number[] => all.map((one) => one[loss] ?? NaN);
      return checkSameTraining(`${name} (${loss})`, series(losses), series(reference), bound);
    });
    apart[name] = Math.max(...differences);
  }
  return apart;
}

/**
 * Judges one loss of one side, step by step from the same weights on the same picture, by that of another.
 * @returns the largest relative difference
 * @throws BenchError `DISAGREE` unless it stays within the bound, and falls where it must
 */
export function checkSameTraining(
  name: string,
  losses: readonly number[],
  reference: readonly number[],
  bound: LossBound,
): number {
  const told = losses.map((loss) => loss.toFixed(4)).join(' ');
  if (losses.length < 2 || (bound.falls && !(losses.at(-1)! < losses[0]!))) {
    throw new BenchError('DISAGREE', `The losses of ${name} do not fall: ${told}.`);
  }
  let largest = losses.length === reference.length ? 0 : NaN;
  for (const [i, loss] of losses.entries()) largest = Math.max(largest, Math.abs(loss / reference[i]! - 1));
  if (!(largest <= bound.apart)) {
    const wanted = reference.map((loss) => loss.toFixed(4)).join(' ');
    throw new BenchError('DISAGREE', `${name} does other work: its losses are ${told}, and should be ${wanted}.`);
  }
  return largest;
}
