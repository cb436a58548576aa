import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { LineChild } from '../line-child.js';
import { thisMachine } from '../machine.js';
import type { BenchOptions } from '../options.js';
import { builtFile, PEERS, WORK } from '../paths.js';
import type { BenchResult } from '../result.js';
import { median, ratio } from '../statistics.js';
import { commonVersions } from '../versions.js';
import { checkAgreement } from './agreement.js';
import { peerPython } from './peer-venv.js';

const HEIGHT = 256;
const WIDTH = 448;
const WARM_UP_FRAMES = 5;
/** Time for the other side's idle threads to go to sleep, so that they do not take cores from the one that is timed. */
const SETTLE_MS = 300;

/**
 * One frame through our engine and through ONNX Runtime: the same architecture, size, weights and cores, each in a
 * process of its own, in turns. Ratio = ONNX Runtime's time ÷ ours, 1 and above is at least as fast.
 */
export async function generatorBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const machine = thisMachine();
  const { width: channels, rounds = 9, frames = 15 } = options;
  const python = await peerPython(say);
  const folder = path.join(WORK, 'generator');
  await mkdir(folder, { recursive: true });
  const children: LineChild[] = [];
  const start = async (name: string, command: string, args: string[]): Promise<[LineChild, Record<string, string>]> => {
    const { child, first } = await LineChild.start(name, command, args);
    children.push(child);
    return [child, first['ready'] as Record<string, string>];
  };
  try {
    const size = [String(HEIGHT), String(WIDTH)];
    const engine = [builtFile('generator/engine-process'), folder, ...size, String(channels)];
    const [ours, ourVersions] = await start('Our engine', process.execPath, engine);
    const peerArguments = ['-B', path.join(PEERS, 'onnx_peer.py'), folder, ...size, String(machine.cores)];
    const [peer, peerVersions] = await start('ONNX Runtime', python, peerArguments);
    const difference = await checkAgreement([ours, peer], HEIGHT * WIDTH, folder);

    for (const child of [ours, peer]) await timed(child, WARM_UP_FRAMES);
    const [mine, theirs] = [new Times(), new Times()];
    for (let round = 1; round <= rounds; round++) {
      mine.add(await timed(ours, frames));
      theirs.add(await timed(peer, frames));
      const [us, them] = [mine, theirs].map(({ medians }) => medians.at(-1)!.toFixed(1));
      say(`generator: round ${round} of ${rounds}: ours ${us} ms, ONNX Runtime ${them} ms`);
    }
    return {
      bench: channels === 16 ? 'generator' : `generator-${channels}`,
      about: 'One frame, batch 1, fp32, all cores, from floats to floats; ratio = ONNX Runtime ÷ ours.',
      date: new Date().toISOString(),
      machine,
      versions: { ...(await commonVersions()), ...ourVersions, ...peerVersions },
      settings: { height: HEIGHT, width: WIDTH, channels, rounds, 'frames a round': frames },
      rows: [
        {
          name: `${PRESETS[channels] ?? 'custom'} (width ${channels})`,
          numbers: {
            'ours ms': median(mine.medians),
            'ONNX Runtime ms': median(theirs.medians),
            'ours best ms': mine.best,
            'ONNX Runtime best ms': theirs.best,
            'best ratio': ratio(theirs.best, mine.best),
            'largest difference': difference,
          },
          rounds: { 'ours ms': mine.medians, 'ONNX Runtime ms': theirs.medians },
          ratio: ratio(median(theirs.medians), median(mine.medians)),
          target: { least: 1 },
        },
      ],
    };
  } finally {
    await Promise.all(children.map((child) => child.close()));
  }
}

const PRESETS: Readonly<Record<number, string>> = { 16: 'fast', 32: 'standard' };

/** Times of one side, milliseconds. */
class Times {
  /** Median of each round. */
  readonly medians: number[] = [];
  /** The quickest frame of all, which other work on the machine disturbs least. */
  best = Infinity;

  add(round: readonly number[]): void {
    this.medians.push(median(round));
    this.best = Math.min(this.best, ...round);
  }
}

/** Milliseconds of each frame. */
async function timed(child: LineChild, frames: number): Promise<readonly number[]> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const { ms } = await child.request({ do: 'time', frames });
  return ms as number[];
}
