import { ChromaFrame, type FrameId } from '@kinemacolor/contracts';
import type { CreditWindow } from '@kinemacolor/jobs';
import { publishInWindow, subjectOf } from '@kinemacolor/streaming';
import type { JetStreamClient } from '@nats-io/jetstream';

export interface LiveOutletOptions {
  readonly stream: JetStreamClient;
  readonly job: string;
  readonly credit: CreditWindow;
  /** Frames that may be under way. */
  readonly window: number;
  /** Most that a frame may wait for its colours, milliseconds. */
  readonly maxDelayMs: number;
  readonly width: number;
  readonly height: number;
  readonly signal: AbortSignal;
  /** Told when a frame could not be told to hold its colours. */
  readonly onError: (error: unknown) => void;
}

/** How often frames that wait are looked at, milliseconds. */
const LOOK_MS = 40;

interface Pending {
  readonly id: FrameId;
  readonly due: number;
}

/**
 * What a live stream does instead of waiting: a frame that finds no room before the colorizers, or whose colours do not come in
 * time, keeps the colours of the one before it. So the delay is bounded, whatever the colorizers do, and no frame is missing.
 */
export class LiveOutlet {
  readonly #pending: Pending[] = [];
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  constructor(private readonly options: LiveOutletOptions) {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#holdLate()
        .catch(options.onError)
        .finally(() => (this.#looking = undefined));
    }, LOOK_MS);
  }

  /** When a frame that is published now is too late to be coloured, microseconds since 1970. */
  get expiresUs(): number {
    return (Date.now() + this.options.maxDelayMs) * 1000;
  }

  /** @returns whether there is room for the frame; if not, it has been told to hold its colours */
  async takes(id: FrameId): Promise<boolean> {
    const { credit, window, maxDelayMs } = this.options;
    if (id.index < credit.next + window) {
      this.#pending.push({ id, due: performance.now() + maxDelayMs });
      return true;
    }
    await this.#hold(id);
    return false;
  }

  /** At the end of the stream: waits until every frame has its colours, or has been told to hold. */
  async finish(): Promise<void> {
    while (this.#pending.length > 0 && !this.options.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      this.#drop();
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** The encoder has passed these. */
  #drop(): void {
    while (this.#pending.length > 0 && this.#pending[0]!.id.index < this.options.credit.next) this.#pending.shift();
  }

  async #holdLate(): Promise<void> {
    this.#drop();
    while (this.#pending.length > 0 && this.#pending[0]!.due <= performance.now()) {
      await this.#hold(this.#pending[0]!.id);
      this.#pending.shift();
    }
  }

  async #hold(id: FrameId): Promise<void> {
    const { stream, job, width, height, signal } = this.options;
    const data = ChromaFrame.encode(ChromaFrame.create({ frame: id, width, height, held: true })).finish();
    await publishInWindow(stream, { subject: subjectOf('chroma', job), id: `${job}:${id.index}:held`, data }, signal);
  }
}
