import type { ResultRow } from '../result.js';
import { byName, median, ratio } from '../statistics.js';
import { OURS, type Variant } from '../step/step-sides.js';
import { quickestTorch, torchRows } from '../step/torch-rows.js';

type Numbers = Readonly<Record<string, number>>;

/** Milliseconds a step of each side, by round: ours beside PyTorch's ways of one form. */
export type Rounds = Readonly<Record<Variant['form'], readonly Numbers[]>>;

/**
 * The rows of one width and size: ours against the quickest that PyTorch does without torch.compile, which decides, and the
 * quickest with it, which is told; then PyTorch's ways, a row for each precision.
 * @param apart largest relative difference of a side's losses from eager fp32's
 */
export function cycleGanRows(name: string, rounds: Rounds, apart: number): readonly ResultRow[] {
  const [eager, compile] = [byName(rounds.eager), byName(rounds.compile)];
  const [quickest, compiled] = [quickestTorch(eager, 'eager'), quickestTorch(compile, 'compile')];
  const ours = (times: typeof eager): number => median(times[OURS] ?? []);
  return [
    {
      name,
      numbers: {
        'ours ms': ours(eager),
        'quickest torch ms': quickest,
        'quickest torch.compile ms': compiled,
        'torch.compile ÷ ours': ratio(compiled, ours(compile)),
        'largest loss difference': apart,
      },
      rounds: { 'ours ms': eager[OURS] ?? [], 'ours beside torch.compile ms': compile[OURS] ?? [] },
      ratio: ratio(quickest, ours(eager)),
      target: { least: 1.25 },
    },
    ...torchRows(name, { ...eager, ...compile }),
  ];
}
