import { thisMachine } from '../machine.js';
import { randomModel } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { peerPython } from '../peer-venv.js';
import type { BenchResult, ResultRow } from '../result.js';
import { type SideCommand, Sides } from '../sides.js';
import { checkLosses, firstLosses } from '../step/same-training.js';
import { EAGER, ourSide, torchSides } from '../step/step-sides.js';
import { timedRounds } from '../step/timed-rounds.js';
import { commonVersions } from '../versions.js';
import { writeTrainingPair } from './training-pair.js';
import { trainingRows } from './training-rows.js';

const CHANNELS = [32, 64] as const;
const SIZES = [128, 256] as const;
/**
 * Enough for a wrong gradient or optimiser to show, and the warm-up too. After ten even two ways of fp32 are 5 % apart, as
 * Adam's first steps follow the sign of the smallest gradient.
 */
const COMPARED_STEPS = 5;
const LOSS_BOUNDS = { L1: { apart: 0.05, falls: true } } as const;

/**
 * One optimisation step of the generator (L1, Adam, batch 1) by our compiled function and by every way of PyTorch, each in
 * a process of its own, in turns. Ratio = PyTorch's quickest ÷ ours.
 */
export async function trainingBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const machine = thisMachine();
  const { rounds = 5, frames: steps = 4 } = options;
  const torch = await peerPython('torch', say);
  const rows: ResultRow[] = [];
  const settings: Record<string, string | number> = { rounds, 'steps a round': steps };
  const versions: Record<string, string> = await commonVersions();

  for (const channels of options.width === undefined ? CHANNELS : [options.width]) {
    for (const size of SIZES) {
      const name = `width ${channels}, ${size} px`;
      const folder = await randomModel(`training-${channels}`, channels);
      await writeTrainingPair(folder, size);
      const sides = new Sides();
      try {
        const ours = (form: 'compiled' | 'eager'): SideCommand =>
          ourSide('training/step-process', [folder, size], form);
        const peers = torchSides(torch, 'torch_training_peer.py', { folder, size, cores: machine.cores });
        for (const side of [ours('compiled'), ours('eager'), ...peers]) {
          say(`training: ${name}: starting ${side.name}`);
          await sides.start(side);
        }
        const apart = await checkLosses(sides, await firstLosses(sides, EAGER, COMPARED_STEPS), LOSS_BOUNDS);
        const times = await timedRounds(sides, { rounds, steps }, (line) => {
          say(`training: ${name}, ${line}`);
        });
        rows.push(...trainingRows(name, times, apart));
        settings[`ours at ${name}`] = sides.how['ours'] ?? '';
        Object.assign(versions, sides.versions);
      } finally {
        await sides.close();
      }
    }
  }
  return {
    bench: options.width === undefined ? 'training' : `training-${options.width}`,
    about:
      'One optimisation step of the generator (L1, Adam), batch 1, all cores, the loss read after each; ratio = the quickest of PyTorch ÷ ours.',
    date: new Date().toISOString(),
    machine,
    versions,
    settings,
    rows,
  };
}
