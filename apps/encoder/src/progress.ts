import { Progress, type ChromaFrame } from '@kinemacolor/contracts';
import { hasEnded, type JobStore } from '@kinemacolor/jobs';
import type { FrameLatency } from './frame-latency.js';

/** What the encoder counts. */
export class ProgressCounter {
  /** Frames in finished segments. */
  encoded: number;
  coloured: number;
  grey = 0;
  held = 0;
  /** Bytes of the result that can be read. */
  resultBytes = 0;
  readonly #recent: { readonly at: number; readonly frames: number }[] = [];

  /** @param kept frames that were in segments already */
  constructor(
    kept: number,
    readonly latency: FrameLatency,
  ) {
    this.encoded = kept;
    this.coloured = kept;
  }

  frame({ u, held }: ChromaFrame): void {
    this.coloured += 1;
    if (held) this.held += 1;
    else if (u.byteLength === 0) this.grey += 1;
  }

  /** The job's progress now; what the decoder has counted stays. */
  now(before: Progress | undefined): Partial<Progress> {
    const at = performance.now();
    this.#recent.push({ at, frames: this.coloured });
    while (this.#recent.length > RECENT) this.#recent.shift();
    const first = this.#recent[0]!;
    const framesPerSecond = at > first.at ? ((this.coloured - first.frames) * 1000) / (at - first.at) : 0;
    const left = before?.framesTotal === undefined ? undefined : Math.max(0, before.framesTotal - this.coloured);
    const seconds = left === undefined || framesPerSecond === 0 ? undefined : left / framesPerSecond;
    return {
      framesColoured: this.coloured,
      framesEncoded: this.encoded,
      framesPerSecond,
      framesGrey: this.grey,
      framesHeld: this.held,
      eta: seconds === undefined ? undefined : { seconds: Math.floor(seconds), nanos: 0 },
    };
  }
}

/** Tellings over which the speed is taken. */
const RECENT = 12;
const TELL_MS = 500;

/** Tells a job's progress about twice a second, until it is stopped. */
export function tellProgress(
  store: JobStore,
  id: string,
  counter: ProgressCounter,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const tell = async (): Promise<void> => {
    await store.update(id, (now) => {
      if (hasEnded(now.job)) return undefined;
      const progress = Progress.create({ ...now.job.progress, ...counter.now(now.job.progress) });
      const latency = counter.latency.summary ?? now.job.latency;
      return { ...now, job: { ...now.job, progress, latency, resultBytes: counter.resultBytes } };
    });
  };
  let telling: Promise<void> | undefined;
  const timer = setInterval(() => {
    // One that is slow is not overtaken by the next.
    telling ??= tell()
      .catch(onError)
      .finally(() => (telling = undefined));
  }, TELL_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await telling;
      await tell();
    },
  };
}
