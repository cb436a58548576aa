import { closeSync, openSync, writeSync } from 'node:fs';
import type { Borders } from './frame-clock.js';
import { STAGES } from './names.js';

/**
 * A file that Perfetto (ui.perfetto.dev) and chrome://tracing open: each stage a track of its own, each frame a bar on every
 * track. It is written as frames end, so that what a killed run has written can be opened too.
 *
 * Source: Trace Event Format, JSON array; asynchronous events, since frames overlap.
 */
export class TraceFile {
  readonly #file: number;
  #first = true;
  #failure: unknown;
  #closed = false;

  /** @throws the system's error when the file cannot be written */
  constructor(path: string, film: string) {
    this.#file = openSync(path, 'w');
    this.#write('[\n');
    this.#event({ name: 'process_name', ph: 'M', args: { name: film } });
    for (const [at, name] of STAGES.entries()) {
      this.#event({ name: 'thread_name', ph: 'M', tid: at + 1, args: { name } });
      this.#event({ name: 'thread_sort_index', ph: 'M', tid: at + 1, args: { sort_index: at } });
    }
  }

  frame(index: number, borders: Borders): void {
    for (const [at, stage] of STAGES.entries()) {
      const [from, to] = [borders[at]!, borders[at + 1]!];
      if (to <= from) continue;
      // Readers make a track of what has one name; frames overlap on it, told apart by the id.
      const common = { name: stage, cat: 'frame', id: `${stage}-${index}`, tid: at + 1 };
      this.#event({ ...common, ph: 'b', ts: from, args: { frame: index } });
      this.#event({ ...common, ph: 'e', ts: to });
    }
  }

  /** Ends the file. Idempotent. @returns what kept it from being whole, such as a full disk; undefined: nothing did */
  close(): unknown {
    if (this.#closed) return this.#failure;
    this.#closed = true;
    this.#write('\n]\n');
    closeSync(this.#file);
    return this.#failure;
  }

  #event(event: Readonly<Record<string, unknown>>): void {
    this.#write(`${this.#first ? '' : ',\n'}${JSON.stringify({ pid: 1, ...event })}`);
    this.#first = false;
  }

  /** A film is not given up for want of room for its trace. */
  #write(text: string): void {
    if (this.#failure !== undefined) return;
    try {
      writeSync(this.#file, text);
    } catch (error) {
      this.#failure = error;
    }
  }
}
