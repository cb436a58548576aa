import { FrameClock, type Borders } from '@kinemacolor/telemetry';
import type { TimedFrame } from './timed-frames.js';

/**
 * Where the time of each frame of a film goes, on one machine: `decode`, `batch` (until its batch is whole), `infer` (the wait
 * for a free thread and the generator), `reorder`, `merge` (smoothing, and until the encoder takes it) and `encode`.
 */
export class FilmLatency {
  readonly #clock: FrameClock<undefined>;

  /** @param onFrame told of each frame, in order, when it is encoded */
  constructor(onFrame: (index: number, borders: Borders) => void) {
    this.#clock = new FrameClock(onFrame);
  }

  decoded({ index, askedUs, decodedUs }: TimedFrame): void {
    this.#clock.begin(index, [askedUs, decodedUs], undefined);
  }

  /** A batch is handed to the generator. */
  sent(batch: readonly { readonly index: number }[]): void {
    for (const { index } of batch) this.#clock.end(index, 'batch');
  }

  coloured(batch: readonly { readonly index: number }[]): void {
    for (const { index } of batch) this.#clock.end(index, 'infer');
  }

  turn(index: number): void {
    this.#clock.turn(index);
  }

  merged(index: number): void {
    this.#clock.end(index, 'merge');
  }

  /** The frames before this one are encoded. */
  encoded(next: number): void {
    this.#clock.endBefore(next, 'encode');
    this.#clock.finishBefore(next);
  }

  /** All are. */
  finish(): void {
    this.encoded(Number.POSITIVE_INFINITY);
  }
}
