import path from 'node:path';
import { thisMachine } from '../machine.js';
import type { BenchOptions } from '../options.js';
import { builtFile, WORK } from '../paths.js';
import { peerPython } from '../peer-venv.js';
import type { BenchResult, ResultRow } from '../result.js';
import { runCommand } from '../run-command.js';
import { commonVersions } from '../versions.js';
import { memoryPart, MEMORY_WIDTH } from './memory-part.js';
import { shapePart } from './shape-part.js';

const CHANNELS = [32, 64] as const;
const SIZES = [128, 256] as const;

/**
 * One whole CycleGAN step, as the trainer compiles it, against PyTorch's of the same step in turns: ratio = PyTorch's
 * quickest without torch.compile ÷ ours. Then what our process holds after few steps and after many.
 */
export async function cycleGanBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const machine = thisMachine();
  const { rounds = 3, frames: steps = 3, width } = options;
  const torch = await peerPython('torch', say);
  const rows: ResultRow[] = [];
  const settings: Record<string, string | number> = { rounds, 'steps a round': steps };
  const versions: Record<string, string> = await commonVersions();
  const speak = (line: string): void => {
    say(`cyclegan: ${line}`);
  };

  for (const channels of width === undefined ? CHANNELS : [width]) {
    const folder = await randomNetworks(channels);
    for (const size of SIZES) {
      const work = { rounds, steps, cores: machine.cores };
      const part = await shapePart(torch, { folder, width: channels, size }, work, speak);
      rows.push(...part.rows);
      settings[`ours at width ${channels}, ${size} px`] = part.how;
      Object.assign(versions, part.versions);
    }
  }
  if (width === undefined || width === MEMORY_WIDTH) {
    rows.push(...(await memoryPart(await randomNetworks(MEMORY_WIDTH), speak)));
  }
  return {
    bench: width === undefined ? 'cyclegan' : `cyclegan-${width}`,
    about:
      'One whole CycleGAN step (four networks), batch 1, all cores, the losses read after each; ratio = the quickest of eager PyTorch ÷ ours. Memory: after many steps ÷ after few.',
    date: new Date().toISOString(),
    machine,
    versions,
    settings,
    rows,
  };
}

/** @returns the folder of four networks with random weights, made anew */
async function randomNetworks(width: number): Promise<string> {
  const folder = path.join(WORK, `cyclegan-${width}`);
  const file = builtFile('cyclegan/networks-process');
  await runCommand('Making random networks', process.execPath, [file, folder, String(width)]);
  return folder;
}
