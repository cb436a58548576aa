import { rm } from 'node:fs/promises';
import { findFfmpeg } from '@kinemacolor/media';
import { BenchError } from '../bench-error.js';
import { thisMachine } from '../machine.js';
import { modelOrRandom } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import type { BenchResult, ResultRow } from '../result.js';
import { commonVersions } from '../versions.js';
import { LIVE_MAX_DELAY_MS, LIVE_RATE, LIVE_SECONDS, liveRound, liveRow, type LiveRound } from './live-part.js';
import { scalingRow, throughput, type ScalingRound } from './scaling-part.js';
import { openWorld, type ServiceWorld, type WorldOptions } from './service-world.js';
import { lightClip, servicesClip, twice } from './services-clip.js';
import { speedRound, speedRows, type SpeedRound } from './speed-part.js';
import { watchedRows, watchJob, type WatchedRound } from './watched-part.js';

type Say = (line: string) => void;

/** What a stand-in takes for a frame where colorizers are counted. */
const STAND_IN_MS = 20;
/** Films of the scaling: a small one, so that two cores are not the limit, and one of the size that models see. */
const SMALL = { width: 160, height: 90, frames: 800, renderSize: 64 } as const;
const USUAL = { width: 448, height: 256, frames: 400, renderSize: 256 } as const;
const LIVE = [
  { name: 'live, 5 ms a frame', standInMs: 5 },
  { name: 'live, 100 ms a frame', standInMs: 100 },
] as const;

/** The services on one machine against the standalone command, and what they do with time, memory and the wire. Linux only. */
export async function servicesBench(options: BenchOptions, say: Say): Promise<BenchResult> {
  if (process.platform !== 'linux') {
    throw new BenchError('UNSUPPORTED', 'The services bench reads /proc: run it on Linux.');
  }
  const machine = thisMachine();
  const { rounds = 3, frames = 300 } = options;
  const tools = await findFfmpeg();
  const model = await modelOrRandom(options.model);
  const clip = await servicesClip(options.clip, frames);
  const rows = [
    ...(await filmRows({ film: clip.path, model: model.folder, rounds }, say)),
    ...(await scalingRows(rounds, say)),
    ...(await liveRows(rounds, say)),
  ];
  const [small, usual] = [SMALL, USUAL].map((film) => `${film.width}x${film.height}, ${film.frames} frames`);
  return {
    bench: 'services',
    about:
      'The services on this machine, one of each: frames a second ÷ those of the command; result, wire and memory of a job; colorizers with a stand-in; the delay of a live stream.',
    date: new Date().toISOString(),
    machine,
    versions: { ...(await commonVersions()), ffmpeg: tools.version },
    settings: {
      rounds,
      clip: clip.source,
      model: model.name,
      ...(options.clip === undefined ? { frames } : {}),
      'scaling small': small!,
      'scaling usual': usual!,
      live: `${LIVE_SECONDS} s of ${LIVE_RATE} a second, at most ${LIVE_MAX_DELAY_MS} ms for colours`,
    },
    rows,
  };
}

async function filmRows(
  { film, model, rounds }: { readonly film: string; readonly model: string; readonly rounds: number },
  say: Say,
): Promise<ResultRow[]> {
  const speed: SpeedRound[] = [];
  const watched: WatchedRound[] = [];
  const long = await twice(film);
  try {
    await within({ painter: { model } }, async (world) => {
      for (let round = 0; round < rounds; round++) {
        const fast = await speedRound(world, { film, model, servicesFirst: round % 2 === 1 });
        say(
          `services: round ${round + 1} of ${rounds}: ${fast.services.toFixed(1)} fps, the command ${fast.command.toFixed(1)}`,
        );
        speed.push(fast);
        watched.push({ short: await watchJob(world, film), long: await watchJob(world, long) });
      }
    });
  } finally {
    await rm(long, { force: true });
  }
  return [...speedRows(speed), ...watchedRows(watched)];
}

async function scalingRows(rounds: number, say: Say): Promise<ResultRow[]> {
  const painter = { standInMs: STAND_IN_MS };
  const taken: Record<'small' | 'usual', ScalingRound[]> = { small: [], usual: [] };
  await within({ painter, colorizers: 1 }, async (one) => {
    await within({ painter, colorizers: 4 }, async (four) => {
      for (let round = 1; round <= rounds; round++) {
        for (const [name, film] of [
          ['small', SMALL],
          ['usual', USUAL],
        ] as const) {
          // prettier-ignore
          const options = { film: await lightClip(film), renderSize: film.renderSize };
          const fps = { one: await throughput(one, options), four: await throughput(four, options) };
          taken[name].push(fps);
          say(
            `services: round ${round} of ${rounds}: ${name}, 1 colorizer ${fps.one.toFixed(1)} fps, 4 ${fps.four.toFixed(1)}`,
          );
        }
      }
    });
  });
  return [
    scalingRow(`4 colorizers ÷ 1, ${STAND_IN_MS} ms, short side ${SMALL.renderSize}`, taken.small, 3.6),
    scalingRow(`4 colorizers ÷ 1, ${STAND_IN_MS} ms, short side ${USUAL.renderSize}`, taken.usual),
  ];
}

async function liveRows(rounds: number, say: Say): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  for (const { name, standInMs } of LIVE) {
    const taken: LiveRound[] = [];
    await within({ painter: { standInMs } }, async (world) => {
      for (let round = 1; round <= rounds; round++) taken.push(await liveRound(world));
    });
    const row = liveRow(name, taken);
    say(`services: ${name}: ${row.numbers['median frames']!} frames behind`);
    rows.push(row);
  }
  return rows;
}

async function within(options: WorldOptions, work: (world: ServiceWorld) => Promise<void>): Promise<void> {
  const world = await openWorld(options);
  try {
    await work(world);
  } finally {
    await world.close();
  }
}
