import type { Readable } from 'node:stream';
import { LastLines } from './last-lines.js';

/** The exact times that ffmpeg's metadata filter prints, one a frame, in order. */
export class FrameTimes {
  readonly #times: bigint[] = [];
  #waiting: (() => void) | undefined;
  #ended = false;

  constructor(pipe: Readable) {
    const lines = new LastLines(1);
    lines.onLine((line) => {
      const pts = /^frame:\s*\d+\s+pts:\s*(-?\d+)/.exec(line)?.[1];
      if (pts !== undefined) this.#times.push(BigInt(pts));
    });
    pipe.setEncoding('utf8');
    pipe.on('data', (text: string) => {
      lines.push(text);
      this.#wake();
    });
    const end = (): void => {
      lines.end();
      this.#ended = true;
      this.#wake();
    };
    pipe.once('end', end);
    pipe.once('close', end);
    pipe.once('error', end);
  }

  /** The next frame's time; `undefined` when ffmpeg ended without it. */
  async next(): Promise<bigint | undefined> {
    while (this.#times.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.#times.shift();
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
