import { MediaError } from './media-error.js';

/** Hands things from one producer to one consumer, and holds the producer back when more than `room` of them wait. */
export class Handover<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake: (() => void)[] = [];
  #end: { readonly failure: unknown } | 'done' | undefined;
  #started = false;

  constructor(private readonly room: number) {}

  /** Resolves when there is room for the next one. @throws what ended it. */
  async put(thing: T): Promise<void> {
    this.#waiting.push(thing);
    this.#change();
    while (this.#waiting.length >= this.room && this.#end === undefined) await this.#changed();
    if (this.#end !== undefined && this.#end !== 'done') throw this.#end.failure;
  }

  /** After what waits, the consumer's loop ends. */
  close(): void {
    this.#end ??= 'done';
    this.#change();
  }

  /** The consumer's loop throws this at once, and so does the producer's next `put`. */
  fail(failure: unknown): void {
    this.#end ??= { failure };
    this.#change();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    if (this.#started) throw new MediaError('INVALID_ARGUMENT', 'This can be read only once.');
    this.#started = true;
    try {
      for (;;) {
        if (this.#end !== undefined && this.#end !== 'done') throw this.#end.failure;
        if (this.#waiting.length > 0) {
          const thing = this.#waiting.shift()!;
          this.#change();
          yield thing;
        } else if (this.#end === 'done') return;
        else await this.#changed();
      }
    } finally {
      this.fail(new MediaError('ABORTED', 'Stopped: nobody takes the result any more.'));
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #change(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }
}
