import type { Readable } from 'node:stream';
import { LastLines } from './last-lines.js';

interface Told {
  readonly pts: bigint;
  readonly tags: ReadonlyMap<string, string>;
}

/** Time and metadata of each picture, as ffmpeg's metadata filter prints them, in order. */
export class FrameTags {
  /** The key that must be added last to each picture: its line says that the list is whole. */
  static readonly last = 'kinemacolor';
  readonly #told: Told[] = [];
  #pts: bigint | undefined;
  #tags = new Map<string, string>();
  #waiting: (() => void) | undefined;
  #ended = false;

  constructor(pipe: Readable) {
    const lines = new LastLines(1);
    lines.onLine((line) => {
      this.#hear(line);
    });
    pipe.setEncoding('utf8');
    pipe.on('data', (text: string) => {
      lines.push(text);
    });
    const end = (): void => {
      lines.end();
      this.#ended = true;
      this.#wake();
    };
    for (const event of ['end', 'close', 'error']) pipe.once(event, end);
  }

  /** The next picture's; `undefined` when ffmpeg ended without it. */
  async next(): Promise<Told | undefined> {
    while (this.#told.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.#told.shift();
  }

  #hear(line: string): void {
    const pts = /^frame:\s*\d+\s+pts:\s*(-?\d+)/.exec(line)?.[1];
    if (pts !== undefined) {
      this.#pts = BigInt(pts);
      this.#tags = new Map();
      return;
    }
    const at = line.indexOf('=');
    const key = line.slice(0, at);
    if (key !== FrameTags.last) {
      this.#tags.set(key, line.slice(at + 1));
    } else if (this.#pts !== undefined) {
      this.#told.push({ pts: this.#pts, tags: this.#tags });
      this.#wake();
    }
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
