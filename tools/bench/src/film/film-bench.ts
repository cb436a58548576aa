import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findFfmpeg } from '@kinemacolor/media';
import { thisMachine } from '../machine.js';
import { modelOrRandom } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { WORK } from '../paths.js';
import type { BenchResult } from '../result.js';
import { byName, median, medians, ratio } from '../statistics.js';
import { commonVersions } from '../versions.js';
import { filmClip } from './film-clip.js';
import { paintedChroma } from './painted-chroma.js';
import { filmRound, type FilmRound } from './film-round.js';

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
  say('film: painting the chroma that the encoder alone gets');
  const chroma = await paintedChroma(clip.path, model.folder);
  const output = path.join(WORK, 'film-colour.mp4');
  const scratch = path.join(WORK, 'encode-alone.mov');

  const done: FilmRound[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      const one = await filmRound({ film: clip.path, model: model.folder, chroma, scratch }, output, machine.cores);
      done.push(one);
      const { 'floor s': floor, 'wall s': wall } = one.command;
      say(`film: round ${round} of ${rounds}: floor ${floor.toFixed(1)} s, wall ${wall.toFixed(1)} s`);
    }
  } finally {
    await Promise.all([output, scratch].map((file) => rm(file, { force: true })));
  }
  const command = done.map((round) => round.command);
  const inside = done.map((round) => round.inside);
  const wall = median(command.map((round) => round['wall s']));
  return {
    bench: 'film',
    about:
      'The whole command on a 1080p film; ratio = floor ÷ wall, floor = CPU seconds of the three parts, each alone, ÷ cores; then frames ÷ wall seconds, start-up included.',
    date: new Date().toISOString(),
    machine,
    versions: { ...(await commonVersions()), ffmpeg: tools.version, tensorflow: done[0]!.tensorflow },
    settings: { frames, size: `${WIDTH}x${HEIGHT}`, rounds, clip: clip.source, model: model.name },
    rows: [
      {
        name: 'parts alone, and the command',
        numbers: medians(command),
        rounds: byName(command),
        ratio: ratio(median(command.map((round) => round['floor s'])), wall),
        target: { least: 0.85 },
      },
      {
        name: 'frames a second',
        numbers: { 'wall s': wall },
        ratio: ratio(frames, wall),
        target: { least: 24 },
      },
      { name: 'inside the command', numbers: medians(inside), rounds: byName(inside) },
    ],
  };
}
