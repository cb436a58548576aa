import type { ResultRow } from '../result.js';
import { ratio, significant } from '../statistics.js';
import type { TrialResult } from './trial.js';

/** One row for one judgement of a trial. Without a truth there is no error and no smear to show. */
export function trialRow(name: string, judged: 'flicker' | 'error', result: TrialResult): ResultRow {
  const { without, with: after } = result[judged];
  const { mean, percentile99 } = result.smear;
  return {
    name: `${name}: ${judged}`,
    numbers: {
      frames: result.frames,
      without: significant(without),
      with: significant(after),
      ...(Number.isNaN(mean) ? {} : { 'smear mean': significant(mean, 3), 'smear 99th': percentile99 }),
    },
    ratio: ratio(after, without),
    target: { most: 1 },
  };
}
