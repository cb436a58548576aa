import type { Sides } from '../sides.js';

/**
 * So many rounds in which every side takes so many steps, and tells each.
 * @returns milliseconds a step by side, by round
 */
export async function timedRounds(
  sides: Sides,
  { rounds, steps }: { readonly rounds: number; readonly steps: number },
  say: (line: string) => void,
): Promise<readonly Record<string, number>[]> {
  const times: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const taken = await sides.takeTurns(round, { steps });
    const told = Object.entries(taken).map(([side, ms]) => `${side} ${ms.toFixed(0)} ms`);
    say(`round ${round + 1} of ${rounds}: ${told.join(', ')}`);
    times.push(taken);
  }
  return times;
}
