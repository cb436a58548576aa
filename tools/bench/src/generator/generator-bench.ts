import { thisMachine } from '../machine.js';
import { randomModel } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { peerPython } from '../peer-venv.js';
import type { BenchResult, ResultRow } from '../result.js';
import { Sides } from '../sides.js';
import { byName, median, ratio } from '../statistics.js';
import { commonVersions } from '../versions.js';
import { checkAgreement, type Difference } from './agreement.js';
import { BOUNDS, COMPILED_PEER, EAGER, generatorSides, ONNX_PEER, OURS } from './generator-sides.js';

const HEIGHT = 256;
const WIDTH = 448;
const CHANNELS = [16, 32, 64] as const;
const WARM_UP_FRAMES = 5;

/** Rounds of about a second: a frame costs about four times as much at twice the width. */
const framesOf = (channels: number): number => Math.max(5, Math.round(640 / channels));

/**
 * One frame through our compiled generator and through others' engines: the same architecture, size, weights and cores,
 * each in a process of its own, in turns. Ratio = their time ÷ ours.
 */
export async function generatorBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const machine = thisMachine();
  const { rounds = 9 } = options;
  const pythons = { onnx: await peerPython('onnx', say), torch: await peerPython('torch', say) };
  const rows: ResultRow[] = [];
  const settings: Record<string, string | number> = { height: HEIGHT, width: WIDTH, rounds };
  const versions: Record<string, string> = await commonVersions();

  for (const channels of options.width === undefined ? CHANNELS : [options.width]) {
    const frames = options.frames ?? framesOf(channels);
    const folder = await randomModel(`generator-${channels}`, channels);
    const sides = new Sides();
    try {
      say(`generator: width ${channels}: starting every side (torch.compile takes its time at first)`);
      const place = { folder, height: HEIGHT, width: WIDTH, cores: machine.cores };
      for (const side of generatorSides(pythons, place)) await sides.start(side);
      const picture = Float32Array.from(
        { length: HEIGHT * WIDTH },
        (_, i) => Math.sin(i * 0.013) * Math.cos(i * 0.00057),
      );
      const differences = await checkAgreement(sides, EAGER, BOUNDS, picture, folder);
      await sides.takeTurns(0, { frames: WARM_UP_FRAMES });
      const times: Record<string, number>[] = [];
      for (let round = 0; round < rounds; round++) {
        const one = await sides.takeTurns(round, { frames });
        times.push(one);
        const told = Object.entries(one).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`);
        say(`generator: width ${channels}, round ${round + 1} of ${rounds}: ${told.join(', ')}`);
      }
      rows.push(...rowsOf(channels, times, differences));
      settings[`frames a round at width ${channels}`] = frames;
      for (const [name, how] of Object.entries(sides.how)) settings[`${name} at width ${channels}`] = how;
      Object.assign(versions, sides.versions);
    } finally {
      await sides.close();
    }
  }
  return {
    bench: options.width === undefined ? 'generator' : `generator-${options.width}`,
    about:
      'One frame, batch 1, all cores, from floats to floats; ms = wall time of a round ÷ its frames; ratio = theirs ÷ ours.',
    date: new Date().toISOString(),
    machine,
    versions,
    settings,
    rows,
  };
}

/** A row for each ratio; the first has the columns that belong to none, and how far the outputs are apart. */
function rowsOf(
  channels: number,
  rounds: readonly Readonly<Record<string, number>>[],
  differences: Readonly<Record<string, Difference>>,
): readonly ResultRow[] {
  const times = byName(rounds);
  const ms = (name: string): number => median(times[name] ?? []);
  const ours = ms(OURS);
  const name = `width ${channels}`;
  return [
    {
      name: `${name}: ${COMPILED_PEER} ÷ ours`,
      numbers: {
        ...Object.fromEntries(Object.keys(times).map((side) => [`${side} ms`, ms(side)])),
        'our mean difference': differences[OURS]!.mean,
        'torch.compile mean difference': differences[COMPILED_PEER]!.mean,
      },
      rounds: Object.fromEntries(Object.entries(times).map(([side, values]) => [`${side} ms`, values])),
      ratio: ratio(ms(COMPILED_PEER), ours),
      target: { least: 1.1 },
    },
    {
      name: `${name}: ${ONNX_PEER} ÷ ours`,
      numbers: { [`${OURS} ms`]: ours, [`${ONNX_PEER} ms`]: ms(ONNX_PEER) },
      ratio: ratio(ms(ONNX_PEER), ours),
      target: { least: 2 },
    },
  ];
}
