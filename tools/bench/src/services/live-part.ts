import { once } from 'node:events';
import { findFfmpeg } from '@kinemacolor/media';
import { BenchError } from '../bench-error.js';
import type { ResultRow } from '../result.js';
import { byName, medians, percentile } from '../statistics.js';
import { liveCamera } from './live-camera.js';
import { liveScreen } from './live-screen.js';
import type { ServiceWorld } from './service-world.js';

export const LIVE_RATE = 25;
export const LIVE_SECONDS = 12;
export const LIVE_MAX_DELAY_MS = 1000;
/** Until then the stream is being looked at, by the services and by the screen. */
const SETTLED_SECONDS = 3;

export interface LiveRound {
  /** Frames from the camera to the screen. */
  readonly 'median frames': number;
  readonly '95 % frames': number;
  /** Per cent of the frames that got the colours of an earlier one. */
  readonly 'held %': number;
}

/**
 * A stream in real time through the services and onto a screen. At each frame that goes out it is counted how many frames have
 * gone out and how many can be shown: the difference is the delay.
 * @throws ClientError; BenchError `DISAGREE` when a frame is missing
 */
export async function liveRound({ client, model }: ServiceWorld): Promise<LiveRound> {
  const { ffmpeg } = await findFfmpeg();
  let [sent, shown] = [0, 0];
  const delays: number[] = [];
  const camera = liveCamera({
    ffmpeg,
    seconds: LIVE_SECONDS,
    rate: LIVE_RATE,
    onFrame: () => {
      sent += 1;
      if (sent > SETTLED_SECONDS * LIVE_RATE) delays.push(sent - shown);
    },
  });
  const screen = liveScreen(ffmpeg, () => (shown += 1));
  const settings = { model, codec: 'h264', preset: 'ultrafast', container: 'mpegts' } as const;
  let held = 0;
  for await (const part of client.colorize(camera, { ...settings, live: { maxDelayMs: LIVE_MAX_DELAY_MS } })) {
    if (part.kind === 'result' && !screen.input.write(part.bytes)) await once(screen.input, 'drain');
    if (part.kind === 'finished') held = part.job.progress.framesHeld;
  }
  screen.input.end();
  await screen.ended;
  if (shown !== sent) throw new BenchError('DISAGREE', `Of ${sent} live frames ${shown} could be shown.`);
  return {
    'median frames': percentile(delays, 50),
    '95 % frames': percentile(delays, 95),
    'held %': (100 * held) / sent,
  };
}

export const liveRow = (name: string, rounds: readonly LiveRound[]): ResultRow => {
  const numbers = rounds.map((round) => ({ ...round }));
  return { name, numbers: medians(numbers), rounds: byName(numbers) };
};
