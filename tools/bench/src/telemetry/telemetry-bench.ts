import { findFfmpeg } from '@kinemacolor/media';
import { findCollector } from '@kinemacolor/telemetry/testing';
import { BenchError } from '../bench-error.js';
import { thisMachine } from '../machine.js';
import { modelOrRandom } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import type { BenchResult } from '../result.js';
import { lightClip, servicesClip } from '../services/services-clip.js';
import { commonVersions } from '../versions.js';
import { cpuMs, telemetryRows, type TelemetryRound } from './telemetry-rows.js';
import { SIDES } from './telemetry-sides.js';
import { directRows, type DirectCosts } from './direct-rows.js';
import { frameCost, type FrameCost } from './frame-cost.js';
import { noCollector } from './no-collector.js';
import { takeTurn, type Turn } from './turn.js';

/** At the pace of the process four seconds. */
const FRAMES_ALONE = 1200;
const WARM_UP = { width: 448, height: 256, frames: 100 } as const;

/** What tracing costs the services of one machine. Linux only; needs the collector that the set-up builds with Go. */
export async function telemetryBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  if (process.platform !== 'linux') {
    throw new BenchError('UNSUPPORTED', 'The telemetry bench reads /proc: run it on Linux.');
  }
  if (findCollector() === undefined) throw noCollector();
  const machine = thisMachine();
  const { rounds = 5, frames = 300 } = options;
  const direct = await directCosts(rounds, say);
  if (options.direct) {
    return {
      bench: 'telemetry',
      about: 'CPU milliseconds of making and sending the telemetry of a frame alone, held against nothing.',
      date: new Date().toISOString(),
      machine,
      versions: await commonVersions(),
      settings: { rounds, 'frames alone': FRAMES_ALONE },
      rows: directRows(direct, []),
    };
  }
  const tools = await findFfmpeg();
  const model = await modelOrRandom(options.model);
  const clip = await servicesClip(options.clip, frames);
  const films = { painter: { model: model.folder }, film: clip.path, warmUp: await lightClip(WARM_UP) };
  const taken: TelemetryRound[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns: Record<string, Turn> = {};
    // Each round begins with the next side, so that none is always the first.
    const first = round % SIDES.length;
    for (const side of [...SIDES.slice(first), ...SIDES.slice(0, first)]) {
      const turn = await takeTurn(side, films);
      turns[side.name] = turn;
      const cpu = cpuMs(turn);
      const fps = turn.frames / turn.seconds;
      say(
        `telemetry: round ${round + 1} of ${rounds}: ${side.name}: ${cpu.toFixed(2)} CPU ms a frame, ${fps.toFixed(1)} fps`,
      );
    }
    taken.push(turns);
  }
  return {
    bench: 'telemetry',
    about:
      'The services on this machine with traces, metrics and logs ÷ without: throughput by CPU time, of all services, their ffmpegs and NATS, which the targets are held against, and by wall time; medians of the ratios of each round. Alone: what a process takes that makes and sends the telemetry of frames and does nothing else, on less off, ÷ the services without.',
    date: new Date().toISOString(),
    machine,
    versions: { ...(await commonVersions()), ffmpeg: tools.version },
    settings: {
      rounds,
      clip: clip.source,
      model: model.name,
      ...(options.clip === undefined ? { frames } : {}),
      'frames to warm up': WARM_UP.frames,
      'frames alone': FRAMES_ALONE,
    },
    rows: [...telemetryRows(SIDES, taken), ...directRows(direct, taken.map((turns) => cpuMs(turns[SIDES[0]!.name]!)))], // prettier-ignore
  };
}

async function directCosts(rounds: number, say: (line: string) => void): Promise<DirectCosts[]> {
  const costs: DirectCosts[] = [];
  for (const { name, share, most } of SIDES) {
    if (share === undefined || most === undefined) continue;
    const taken: FrameCost[] = [];
    for (let round = 0; round < rounds; round++) taken.push(await frameCost({ share, frames: FRAMES_ALONE }));
    say(`telemetry: alone: ${name}: ${taken.map(({ costMs }) => costMs.toFixed(3)).join(', ')} CPU ms a frame`);
    costs.push({ name, most, rounds: taken });
  }
  return costs;
}
