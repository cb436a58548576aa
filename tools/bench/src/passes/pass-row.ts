import type { ResultRow } from '../result.js';
import { median, ratio } from '../statistics.js';
import type { PairTimes } from './measure-pair.js';
import type { Switch } from './pair.js';
import type { SubjectName } from './subjects.js';

/** What is compared before: see the pairs. */
const DIFFERENCE: Readonly<Record<SubjectName, string>> = {
  generator: 'mean difference',
  step: 'largest loss difference',
};

/** Ratio = time without ÷ time with: above 1 the pass gains. It has no target, being the same graph either way. */
export function passRow(subject: SubjectName, off: Switch, { nodes, difference, rounds }: PairTimes): ResultRow {
  const times = {
    'ms with': rounds.map(({ on }) => on),
    'ms without': rounds.map((round) => round.off),
    'first result ms with': rounds.map(({ firstOn }) => firstOn),
    'first result ms without': rounds.map(({ firstOff }) => firstOff),
  };
  const middle = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
  return {
    name: `${subject}: ${off}`,
    numbers: {
      ...middle,
      'nodes with': nodes.on,
      'nodes without': nodes.off,
      [DIFFERENCE[subject]]: difference,
    },
    rounds: times,
    ratio: ratio(median(times['ms without']), median(times['ms with'])),
  };
}
