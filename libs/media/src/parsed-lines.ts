import type { Readable } from 'node:stream';
import { LastLines } from './last-lines.js';

/** What a child prints line by line, in order; lines that `parse` makes nothing of are passed over. */
export class ParsedLines<T> {
  readonly #parsed: T[] = [];
  #waiting: (() => void) | undefined;
  #ended = false;

  constructor(pipe: Readable, parse: (line: string) => T | undefined) {
    const lines = new LastLines(1);
    lines.onLine((line) => {
      const value = parse(line);
      if (value !== undefined) this.#parsed.push(value);
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

  /** The next one, which stays the next one; `undefined` when the child ended without it. */
  async peek(): Promise<T | undefined> {
    while (this.#parsed.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.#parsed[0];
  }

  /** The next one; `undefined` when the child ended without it. */
  async next(): Promise<T | undefined> {
    await this.peek();
    return this.#parsed.shift();
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
