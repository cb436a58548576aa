import type { ResultRow } from '../result.js';
import { byName, median, ratio } from '../statistics.js';
import { EAGER, OURS } from '../step/step-sides.js';
import { quickestTorch, torchRows } from '../step/torch-rows.js';

type Numbers = Readonly<Record<string, number>>;

/**
 * The rows of one width and size: ours against PyTorch's quickest, then PyTorch's ways, a row for each precision.
 * @param rounds milliseconds a step of every side, by round
 * @param apart largest relative difference of each side's losses from eager fp32's
 */
export function trainingRows(name: string, rounds: readonly Numbers[], apart: Numbers): readonly ResultRow[] {
  const times = byName(rounds);
  const ms = (side: string): number => median(times[side] ?? []);
  const quickest = quickestTorch(times);
  const largest = Math.max(...Object.values(apart));
  return [
    {
      name,
      numbers: {
        'ours ms': ms(OURS),
        'ours eager fp32 ms': ms(EAGER),
        'quickest torch ms': quickest,
        'largest loss difference': largest,
      },
      rounds: { 'ours ms': times[OURS] ?? [], 'ours eager fp32 ms': times[EAGER] ?? [] },
      ratio: ratio(quickest, ms(OURS)),
      target: { least: 1.25 },
    },
    ...torchRows(name, times),
  ];
}
