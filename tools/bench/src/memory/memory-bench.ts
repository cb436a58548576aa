import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findFfmpeg } from '@kinemacolor/media';
import { BenchError } from '../bench-error.js';
import { filmClip } from '../film/film-clip.js';
import { colorizeByCommand } from '../kinemacolor-command.js';
import { thisMachine } from '../machine.js';
import { modelOrRandom } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { WORK } from '../paths.js';
import type { BenchResult, ResultRow } from '../result.js';
import { median, ratio } from '../statistics.js';
import { commonVersions } from '../versions.js';
import { type Peaks, watchMemory } from './peak-memory.js';

const WIDTH = 480;
const HEIGHT = 270;
const SHORT = 600;
const LONG = 6000;
/** Small and quick: memory must not grow with length, whatever a frame costs. */
const FLAGS = ['--render-size', '64', '--preset', 'ultrafast'];
const MIB = 2 ** 20;

interface Taken {
  readonly peaks: Peaks;
  readonly tensors: number;
}

/** Peak memory of all processes of the command, for a short and a ten times longer film in turns. Linux only. */
export async function memoryBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  if (process.platform !== 'linux') {
    throw new BenchError('UNSUPPORTED', 'The memory bench reads /proc: run it on Linux.');
  }
  const machine = thisMachine();
  const { rounds = 3 } = options;
  const tools = await findFfmpeg();
  const model = await modelOrRandom(options.model);
  const output = path.join(WORK, 'memory-colour.mp4');
  const taken: Record<'short' | 'long', Taken[]> = { short: [], long: [] };
  let tensorflow = 'unknown';
  for (let round = 1; round <= rounds; round++) {
    for (const [length, frames] of [
      ['short', SHORT],
      ['long', LONG],
    ] as const) {
      // prettier-ignore
      const clip = await filmClip({ ffmpeg: tools.ffmpeg, width: WIDTH, height: HEIGHT, frames });
      let stop: (() => Peaks) | undefined;
      try {
        const run = await colorizeByCommand({ input: clip.path, output, model: model.folder, flags: FLAGS }, (pid) => {
          stop = watchMemory(pid);
        });
        const peaks = stop!();
        taken[length].push({ peaks, tensors: run.summary.tensors });
        tensorflow = run.summary.device.tensorflow;
        say(`memory: round ${round} of ${rounds}: ${frames} frames, ${(peaks.total / MIB).toFixed(0)} MiB`);
      } finally {
        stop?.();
        await rm(output, { force: true });
      }
    }
  }
  return {
    bench: 'memory',
    about: `Peak resident memory summed over all processes of the command, read every 100 ms; ratio = ${LONG} frames ÷ ${SHORT}.`,
    date: new Date().toISOString(),
    machine,
    versions: { ...(await commonVersions()), ffmpeg: tools.version, tensorflow },
    settings: { size: `${WIDTH}x${HEIGHT}`, flags: FLAGS.join(' '), rounds, model: model.name },
    rows: memoryRows(taken),
  };
}

function memoryRows(taken: Record<'short' | 'long', readonly Taken[]>): ResultRow[] {
  const row = (name: string, valueOf: (one: Taken) => number, most?: number): ResultRow => {
    const [short, long] = [taken.short.map(valueOf), taken.long.map(valueOf)];
    const numbers = { [`${SHORT} frames`]: median(short), [`${LONG} frames`]: median(long) };
    const rounds = { [`${SHORT} frames`]: short, [`${LONG} frames`]: long };
    const target = most === undefined ? {} : { target: { most } };
    return { name, numbers, rounds, ratio: ratio(median(long), median(short)), ...target };
  };
  const names = new Set(taken.short.flatMap(({ peaks }) => Object.keys(peaks.byName)));
  const parts = [...names].filter((name) => taken.long.every(({ peaks }) => (peaks.byName[name] ?? 0) > 0));
  return [
    row('all processes, MiB', ({ peaks }) => peaks.total / MIB, 1.1),
    ...parts.map((name) => row(`${name} alone, MiB`, ({ peaks }) => (peaks.byName[name] ?? NaN) / MIB)),
    row('tensors in the worker', ({ tensors }) => tensors, 1),
  ];
}
