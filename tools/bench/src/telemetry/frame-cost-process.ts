import { setTimeout as pause } from 'node:timers/promises';
import { newSpanContext, SPANS, startTelemetry } from '@kinemacolor/telemetry';
import { exitOnSignals } from '../end-with-us.js';
import type { FrameCostOptions, FrameCpu } from './frame-cost.js';
import { FrameMaker } from './frame-maker.js';

/*
 * The telemetry of frames alone: first with nothing that it goes to, then with what the environment names, until all is sent.
 *
 *     OTEL_EXPORTER_OTLP_ENDPOINT=… node frame-cost-process.js '{"share": 1, "frames": 1200}'
 */
exitOnSignals();
const { share, frames } = JSON.parse(process.argv[2]!) as FrameCostOptions;
/** Frames come three hundred a second, as nothing is dropped at that pace. */
const [AT_ONCE, PAUSE_MS] = [3, 10];

async function make(maker: FrameMaker, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    maker.frame();
    if (i % AT_ONCE === AT_ONCE - 1) await pause(PAUSE_MS);
  }
}

/** CPU milliseconds of this process, with all its threads, for each of so many frames. */
async function cpuMsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / frames;
}

const warmUp = Math.ceil(frames / 4);
const silent = new FrameMaker(share, undefined);
await make(silent, warmUp);
const offMs = await cpuMsOf(() => make(silent, frames));
const telemetry = await startTelemetry({
  service: 'frames',
  onProblem: (message) => {
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  },
});
const maker = new FrameMaker(share, newSpanContext(SPANS.job)?.self);
await make(maker, warmUp);
const onMs = await cpuMsOf(async () => {
  await make(maker, frames);
  await telemetry.stop();
});
process.stdout.write(JSON.stringify({ warmUpFrames: warmUp, offMs, onMs } satisfies FrameCpu) + '\n');
