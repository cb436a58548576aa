import type { LumaFrame } from '@kinemacolor/media';
import { nowUs } from '@kinemacolor/telemetry';

export interface TimedFrame extends LumaFrame {
  /** When somebody began to wait for it, and when it was there; microseconds since 1970. */
  readonly askedUs: number;
  readonly decodedUs: number;
}

/** The frames, each with how long it was waited for. */
export async function* timed(frames: AsyncIterable<LumaFrame>): AsyncGenerator<TimedFrame, void> {
  let askedUs = nowUs();
  for await (const frame of frames) {
    yield { ...frame, askedUs, decodedUs: nowUs() };
    askedUs = nowUs();
  }
}
