import type { ResultRow } from '../result.js';
import { ratio } from '../statistics.js';
import type { Held } from './held.js';

const MIB = 2 ** 20;
/** How much larger the memory may be after the last step than after the first ones. */
const MOST = 1.05;

/** The rows of the memory part: what the process held after few steps and after many. */
export function heldRows(name: string, early: { steps: number; held: Held }, late: typeof early): readonly ResultRow[] {
  const row = (what: string, valueOf: (held: Held) => number, most: number): ResultRow => {
    const [before, after] = [valueOf(early.held), valueOf(late.held)];
    return {
      name: `${name}: ${what}`,
      numbers: { [`after ${early.steps} steps`]: before, [`after ${late.steps} steps`]: after },
      ratio: ratio(after, before),
      target: { most },
    };
  };
  return [
    row('resident, MiB', ({ rss }) => rss / MIB, MOST),
    row('peak resident, MiB', ({ peak }) => peak / MIB, MOST),
    row('tensors', ({ tensors }) => tensors, 1),
  ];
}
