/** Something that has its place in the film's time; any unit, the same on both sides. */
export interface Timed {
  readonly time: number;
}

/**
 * Brings two streams of things into one by their times, the first one's before the second one's where they are equal.
 * Each stream's own order stays, also where its times go back: a thing counts as late as the latest before it. The
 * result depends on the two streams alone, not on which of them comes faster. Holds one thing of each.
 */
export async function* mergeByTime<T extends Timed>(
  first: AsyncIterator<T>,
  second: AsyncIterator<T>,
): AsyncGenerator<T, void, undefined> {
  const one = new Side(first);
  const other = new Side(second);
  for (;;) {
    await Promise.all([one.look(), other.look()]);
    const next = one.time <= other.time ? one.take() : other.take();
    if (next === undefined) return;
    yield next;
  }
}

class Side<T extends Timed> {
  #next: T | undefined;
  #ended = false;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(private readonly things: AsyncIterator<T>) {}

  async look(): Promise<void> {
    if (this.#ended || this.#next !== undefined) return;
    const answer = await this.things.next();
    if (answer.done === true) {
      this.#ended = true;
      return;
    }
    this.#next = answer.value;
    this.#latest = Math.max(this.#latest, answer.value.time);
  }

  /** The end comes after everything. */
  get time(): number {
    return this.#next === undefined ? Number.POSITIVE_INFINITY : this.#latest;
  }

  take(): T | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }
}
