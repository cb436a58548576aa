import { SEMANTICS } from '@kinemacolor/models';
import { thisMachine } from '../machine.js';
import { randomModel } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { builtFile } from '../paths.js';
import type { BenchResult, ResultRow } from '../result.js';
import { Sides } from '../sides.js';
import { byName, medians, ratio } from '../statistics.js';
import { commonVersions } from '../versions.js';

const [HEIGHT, WIDTH] = [256, 448];
const CHANNELS = [16, 32] as const;
const WARM_UP_FRAMES = 5;
const WITHOUT = 'without';

/** Rounds of about a second. */
const framesOf = (channels: number): number => Math.max(5, Math.round(640 / channels));

/**
 * What looking at the picture beside the generator costs: one frame through our compiled generator with a semantic branch,
 * with a glance and with neither, random weights, each in a process of its own, in turns. Ratio = with ÷ without.
 */
export async function semanticsBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const { rounds = 9 } = options;
  const rows: ResultRow[] = [];
  const settings: Record<string, string | number> = { height: HEIGHT, width: WIDTH, rounds };
  for (const channels of options.width === undefined ? CHANNELS : [options.width]) {
    const frames = options.frames ?? framesOf(channels);
    const sides = new Sides();
    try {
      for (const semantics of [undefined, ...SEMANTICS]) {
        const name = semantics ?? WITHOUT;
        const folder = await randomModel(`semantics-${channels}-${name}`, channels, semantics);
        const args = [builtFile('generator/engine-process'), folder, String(HEIGHT), String(WIDTH), 'compiled'];
        await sides.start({ name, command: process.execPath, args });
      }
      await sides.takeTurns(0, { frames: WARM_UP_FRAMES });
      const times: Record<string, number>[] = [];
      for (let round = 0; round < rounds; round++) {
        times.push(await sides.takeTurns(round, { frames }));
        say(`semantics: width ${channels}, round ${round + 1} of ${rounds}`);
      }
      const ms = medians(times);
      for (const name of SEMANTICS) {
        const numbers = { 'ms with': ms[name]!, 'ms without': ms[WITHOUT]! };
        const rounds = byName(times);
        rows.push({ name: `width ${channels}: ${name}`, numbers, rounds, ratio: ratio(ms[name]!, ms[WITHOUT]!) });
      }
      settings[`frames a round at width ${channels}`] = frames;
      for (const [name, how] of Object.entries(sides.how)) settings[`${name} at width ${channels}`] = how;
    } finally {
      await sides.close();
    }
  }
  return {
    bench: 'semantics',
    about: 'One frame, batch 1, all cores; ms = wall time of a round ÷ its frames; ratio = with ÷ without it.',
    date: new Date().toISOString(),
    machine: thisMachine(),
    versions: await commonVersions(),
    settings,
    rows,
  };
}
