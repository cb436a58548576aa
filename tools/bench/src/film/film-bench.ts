import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findFfmpeg } from '@kinemacolor/media';
import { childrenCpuSeconds } from '../children-cpu.js';
import { colorizeByCommand } from '../kinemacolor-command.js';
import { thisMachine } from '../machine.js';
import { modelOrRandom } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { WORK } from '../paths.js';
import type { BenchResult } from '../result.js';
import { median, ratio } from '../statistics.js';
import { commonVersions } from '../versions.js';
import { filmClip } from './film-clip.js';
import { floorSeconds, measurePart, type PartCost, PARTS } from './part-cost.js';

const WIDTH = 1920;
const HEIGHT = 1080;

/**
 * The whole command against the least that its parts cost: ratio = floor ÷ wall, where floor = CPU seconds of decode,
 * generator and merge-and-encode, each alone, ÷ cores. In each round the three parts and the command take turns.
 */
export async function filmBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const machine = thisMachine();
  const { rounds = 3, frames = 600 } = options;
  const tools = await findFfmpeg();
  say('film: making the clip');
  const clip = await filmClip({ ffmpeg: tools.ffmpeg, width: WIDTH, height: HEIGHT, frames });
  const model = await modelOrRandom(options.model);
  const output = path.join(WORK, 'film-colour.mp4');
  const scratch = path.join(WORK, 'encode-alone.mov');

  const names = [
    'decode CPU s',
    'generator CPU s',
    'encode CPU s',
    'floor s',
    'wall s',
    'command CPU s',
    'ratio',
  ] as const;
  const taken = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    (typeof names)[number],
    number[]
  >;
  let tensorflow = 'unknown';
  try {
    for (let round = 1; round <= rounds; round++) {
      const costs: PartCost[] = [];
      for (const part of PARTS) {
        const cost = await measurePart(part, { film: clip.path, model: model.folder, scratch });
        taken[`${part} CPU s`].push(cost.ffmpegCpuSeconds + cost.ownCpuSeconds);
        costs.push(cost);
      }
      const before = childrenCpuSeconds();
      const run = await colorizeByCommand({ input: clip.path, output, model: model.folder });
      const floor = floorSeconds(costs, machine.cores);
      taken['floor s'].push(floor);
      taken['wall s'].push(run.wallSeconds);
      taken['command CPU s'].push(childrenCpuSeconds() - before);
      taken.ratio.push(ratio(floor, run.wallSeconds));
      tensorflow = run.summary.device.tensorflow;
      say(`film: round ${round} of ${rounds}: floor ${floor.toFixed(1)} s, wall ${run.wallSeconds.toFixed(1)} s`);
    }
  } finally {
    await Promise.all([output, scratch].map((file) => rm(file, { force: true })));
  }
  // Where there is no /proc, nobody tells what the command took.
  const told = Object.entries(taken).filter(([name, values]) => name !== 'ratio' && values.every(Number.isFinite));
  const numbers = Object.fromEntries(told.map(([name, values]) => [name, median(values)]));
  return {
    bench: 'film',
    about:
      'The whole command on a 1080p film; ratio = floor ÷ wall, floor = CPU seconds of the three parts, each alone, ÷ cores.',
    date: new Date().toISOString(),
    machine,
    versions: { ...(await commonVersions()), ffmpeg: tools.version, tensorflow },
    settings: { frames, size: `${WIDTH}x${HEIGHT}`, rounds, clip: clip.source, model: model.name },
    rows: [
      {
        name: 'colorize',
        numbers,
        rounds: taken,
        ratio: ratio(median(taken['floor s']), median(taken['wall s'])),
        target: { least: 0.8 },
      },
    ],
  };
}
