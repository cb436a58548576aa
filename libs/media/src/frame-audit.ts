import type { Readable } from 'node:stream';
import { EncodedCount } from './encoded-count.js';
import { FrameTimes } from './frame-times.js';
import { LastLines } from './last-lines.js';
import { MediaError } from './media-error.js';

/** Watches that every source frame met its chroma: same number, same order, same times, and all of them came out. */
export class FrameAudit {
  #next: number;
  #lastPts: bigint | undefined;
  /** Times of chroma frames that no luma frame has met yet; as long as what is under way. */
  readonly #unmet: bigint[] = [];
  #chroma = 0;
  #luma = 0;
  readonly #encoded: EncodedCount;
  #difference: string | undefined;
  #watching: Promise<unknown> = Promise.resolve();
  /** Luma that ran ahead of the chroma. */
  readonly #early: bigint[] = [];

  constructor(
    private readonly name: string,
    startFrame: number,
    encoded: EncodedCount,
  ) {
    this.#next = startFrame;
    this.#encoded = encoded;
  }

  /** @throws MediaError `OUT_OF_ORDER` for a gap, a repetition or a time that does not rise. */
  chroma(index: number, pts: bigint): void {
    if (index !== this.#next) {
      throw new MediaError(
        'OUT_OF_ORDER',
        `${this.name}: chroma of frame ${index} came where frame ${this.#next} was due.`,
        { path: this.name },
      );
    }
    if (this.#lastPts !== undefined && pts <= this.#lastPts) {
      throw new MediaError(
        'OUT_OF_ORDER',
        `${this.name}: the time of frame ${index} (${pts}) is not after the one before (${this.#lastPts}).`,
        { path: this.name },
      );
    }
    this.#next += 1;
    this.#lastPts = pts;
    this.#chroma += 1;
    this.#unmet.push(pts);
    this.#meet();
  }

  listen(progress: Readable, times: Readable): void {
    this.#watching = Promise.all([this.#watchProgress(progress), this.#watchTimes(times)]);
  }

  /** Resolves when all that ffmpeg told was read. */
  async ended(): Promise<void> {
    await this.#watching;
  }

  /** @throws MediaError `FRAME_MISMATCH`. */
  check(): void {
    const counts = `the film has ${this.#luma} frames here, ${this.#chroma} frames of colour came, ${this.#encoded.frames} were encoded`;
    const problem =
      this.#difference ?? (this.#luma !== this.#chroma || this.#encoded.frames !== this.#chroma ? counts : undefined);
    if (problem === undefined) return;
    throw new MediaError(
      'FRAME_MISMATCH',
      `${this.name}: ${problem}. The source may have changed while it was read; try again.`,
      {
        path: this.name,
        framesReadable: this.#luma,
        framesExpected: this.#chroma,
      },
    );
  }

  async #watchTimes(pipe: Readable): Promise<void> {
    const times = new FrameTimes(pipe);
    for (let pts = await times.next(); pts !== undefined; pts = await times.next()) {
      this.#luma += 1;
      this.#early.push(pts);
      this.#meet();
    }
  }

  #meet(): void {
    while (this.#early.length > 0 && this.#unmet.length > 0) {
      const luma = this.#early.shift()!;
      const chroma = this.#unmet.shift()!;
      if (luma !== chroma) this.#difference ??= `a frame at time ${luma} met colour of time ${chroma}`;
    }
  }

  async #watchProgress(pipe: Readable): Promise<void> {
    const lines = new LastLines(1);
    lines.onLine((line) => {
      this.#encoded.line(line);
    });
    pipe.setEncoding('utf8');
    pipe.on('data', (text: string) => {
      lines.push(text);
    });
    await new Promise<void>((resolve) => pipe.once('close', resolve));
    lines.end();
  }
}
