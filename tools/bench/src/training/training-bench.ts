import { thisMachine } from '../machine.js';
import { randomModel } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { peerPython } from '../peer-venv.js';
import type { BenchResult, ResultRow } from '../result.js';
import { Sides } from '../sides.js';
import { commonVersions } from '../versions.js';
import { checkSameTraining } from './same-training.js';
import { writeTrainingPair } from './training-pair.js';
import { trainingRows } from './training-rows.js';
import { EAGER, trainingSides } from './training-sides.js';

const CHANNELS = [32, 64] as const;
const SIZES = [128, 256] as const;
/**
 * Enough for a wrong gradient or optimiser to show, and the warm-up too. After ten even two ways of fp32 are 5 % apart, as
 * Adam's first steps follow the sign of the smallest gradient.
 */
const COMPARED_STEPS = 5;

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
        for (const side of trainingSides(torch, { folder, size, cores: machine.cores })) {
          say(`training: ${name}: starting ${side.name}`);
          await sides.start(side);
        }
        const apart = await checkLosses(sides);
        const times: Record<string, number>[] = [];
        for (let round = 0; round < rounds; round++) {
          times.push(await sides.takeTurns(round, { steps }));
          const told = Object.entries(times.at(-1)!).map(([side, ms]) => `${side} ${ms.toFixed(0)} ms`);
          say(`training: ${name}, round ${round + 1} of ${rounds}: ${told.join(', ')}`);
        }
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

/** All sides train from the same weights. @returns the largest relative difference of a loss from eager fp32's, by side */
async function checkLosses(sides: Sides): Promise<Record<string, number>> {
  const lossesOf = async (name: string): Promise<readonly number[]> =>
    (await sides.request(name, { do: 'losses', steps: COMPARED_STEPS }))['losses'] as number[];
  const reference = await lossesOf(EAGER);
  const apart: Record<string, number> = {};
  for (const name of sides.names) apart[name] = checkSameTraining(name, await lossesOf(name), reference);
  return apart;
}
