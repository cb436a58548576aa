import { findFfmpeg } from '@kinemacolor/media';
import { findCollector } from '@kinemacolor/telemetry/testing';
import { BenchError } from '../bench-error.js';
import { thisMachine } from '../machine.js';
import { modelOrRandom } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import type { BenchResult } from '../result.js';
import { lightClip, servicesClip } from '../services/services-clip.js';
import { commonVersions } from '../versions.js';
import { telemetryRows, type TelemetryRound } from './telemetry-rows.js';
import { SIDES } from './telemetry-sides.js';
import { noCollector, takeTurn, type Turn } from './turn.js';

const WARM_UP = { width: 448, height: 256, frames: 100 } as const;

/** What tracing costs the services of one machine. Linux only; needs the collector that the set-up builds with Go. */
export async function telemetryBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  if (process.platform !== 'linux') {
    throw new BenchError('UNSUPPORTED', 'The telemetry bench reads /proc: run it on Linux.');
  }
  if (findCollector() === undefined) throw noCollector();
  const machine = thisMachine();
  const { rounds = 5, frames = 300 } = options;
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
      const cpu = (1000 * turn.cpuSeconds) / turn.frames;
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
      'The services on this machine with traces, metrics and logs ÷ without: throughput by CPU time, of all services, their ffmpegs and NATS, which the targets are held against, and by wall time; medians of the ratios of each round.',
    date: new Date().toISOString(),
    machine,
    versions: { ...(await commonVersions()), ffmpeg: tools.version },
    settings: {
      rounds,
      clip: clip.source,
      model: model.name,
      ...(options.clip === undefined ? { frames } : {}),
      'frames to warm up': WARM_UP.frames,
    },
    rows: telemetryRows(SIDES, taken),
  };
}
