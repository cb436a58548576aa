import { ALL_PASSES, type PassSwitches } from '@kinemacolor/compile';
import { thisMachine } from '../machine.js';
import { randomModel } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { builtFile } from '../paths.js';
import type { BenchResult, ResultRow } from '../result.js';
import { runCommand } from '../run-command.js';
import { writeTrainingPair } from '../training/training-pair.js';
import { commonVersions } from '../versions.js';
import type { Switch } from './pair.js';
import { passRow } from './pass-row.js';
import { type PairAnswer, PICTURE, STEP_SIZE, type SubjectName } from './subjects.js';

const STANDARD_WIDTH = 32;

const PASSES = Object.keys(ALL_PASSES) as readonly (keyof PassSwitches)[];
const SWITCHES: Readonly<Record<SubjectName, readonly Switch[]>> = {
  generator: [...PASSES, 'packedBytes'],
  step: PASSES,
};

/**
 * What each pass of libs/compile gains, in the generator and in a step of its training: one process for each pass, in
 * which the graph without that pass and the one with all of them take turns. Ratio = time without ÷ time with.
 */
export async function passesBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const { width = STANDARD_WIDTH, rounds = 7, frames = 8 } = options;
  const folder = await randomModel(`passes-${width}`, width);
  await writeTrainingPair(folder, STEP_SIZE);
  const rows: ResultRow[] = [];
  const versions: Record<string, string> = await commonVersions();
  const settings: Record<string, string | number> = {
    width,
    generator: `${PICTURE.height} × ${PICTURE.width}`,
    step: `${STEP_SIZE} px`,
    rounds,
    'frames a round': frames,
  };
  for (const subject of ['generator', 'step'] as const) {
    for (const off of SWITCHES[subject]) {
      const name = `${subject}: ${off}`;
      const words = [subject, off, folder, String(rounds), String(frames)];
      const { stdout } = await runCommand(name, process.execPath, [builtFile('passes/pair-process'), ...words]);
      const { times, versions: told } = JSON.parse(stdout) as PairAnswer;
      Object.assign(versions, told);
      if (times === null) {
        say(`passes: ${name} changes nothing here`);
        continue;
      }
      const row = passRow(subject, off, times);
      settings['precision'] = times.precision;
      say(`passes: ${name}: without ÷ with ${row.ratio!.toFixed(3)}`);
      rows.push(row);
    }
  }
  return {
    bench: options.width === undefined ? 'passes' : `passes-${width}`,
    about:
      'The compiled generator, and one step of it (L1, Adam), batch 1, one process, all cores; ratio = time without the pass ÷ time with all of them; first result = from the function to it, TensorFlow’s start included; nodes are those of the graph that it is given.',
    date: new Date().toISOString(),
    machine: thisMachine(),
    versions,
    settings,
    rows,
  };
}
