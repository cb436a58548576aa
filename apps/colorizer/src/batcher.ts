import { grouped } from './grouped.js';

export interface Batchable {
  /** Whose it is: jobs take turns. */
  readonly job: string;
  /** What may be in one batch with it. */
  readonly group: string;
}

export interface BatcherOptions {
  /** Most of one batch. */
  readonly maxBatch: number;
  /** Sizes that are sent at once, the largest that can be made; at most `maxBatch`. */
  readonly preferred: readonly number[];
  /** How long something may wait for others to come, milliseconds. */
  readonly maxDelayMs: number;
  /** Most that may wait: more is a bug of the caller, not a queue. */
  readonly most: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly since: number;
}

/** Jobs whose turns are remembered after they have nothing waiting. */
const MOST_JOBS = 1000;

/**
 * Gathers what comes one by one into batches, as Triton's dynamic batcher does: a batch goes when a preferred size is reached,
 * or when its oldest part has waited long enough. Whoever has room for a batch asks for one; until then more may gather.
 * Between batches, and within one, the job that was served the longest time ago comes first.
 */
export class Batcher<T extends Batchable> {
  readonly #options: BatcherOptions;
  #waiting: Waiting<T>[] = [];
  readonly #askers: ((batch: readonly T[] | undefined) => void)[] = [];
  /** When each job was served last, the longest ago first. */
  readonly #turns = new Map<string, number>();
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** @throws RangeError when too much waits */
  add(item: T): void {
    if (this.#waiting.length >= this.#options.most) {
      throw new RangeError(`More than ${this.#options.most} frames wait to be coloured.`);
    }
    this.#waiting.push({ item, since: performance.now() });
    this.#serve();
  }

  /** Waits for a batch. @returns undefined when the batcher was closed; else at least one, all of one group */
  next(): Promise<readonly T[] | undefined> {
    return new Promise((resolve) => {
      this.#askers.push(resolve);
      this.#serve();
    });
  }

  /** Hands out no more. @returns what waited */
  close(): T[] {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const answer of this.#askers.splice(0)) answer(undefined);
    return this.#waiting.splice(0).map(({ item }) => item);
  }

  #serve(): void {
    clearTimeout(this.#timer);
    while (this.#askers.length > 0) {
      const batch = this.#closed ? undefined : this.#take();
      if (batch === undefined && !this.#closed) break;
      this.#askers.shift()!(batch);
    }
    const [oldest] = this.#waiting;
    if (this.#askers.length === 0 || oldest === undefined) return;
    const due = oldest.since + this.#options.maxDelayMs - performance.now();
    // A timer may fire a little early by this clock.
    this.#timer = setTimeout(() => {
      this.#serve();
    }, Math.max(1, due)); // prettier-ignore
  }

  /** @returns undefined when nothing is ready to go */
  #take(): readonly T[] | undefined {
    const { maxBatch, preferred, maxDelayMs } = this.#options;
    const overdue = performance.now() - maxDelayMs;
    let chosen: { readonly group: Waiting<T>[]; readonly size: number } | undefined;
    for (const group of grouped(this.#waiting, ({ item }) => item.group).values()) {
      const fitting = preferred.filter((one) => one <= group.length);
      const isDue = group[0]!.since <= overdue;
      if (fitting.length === 0 && !isDue) continue;
      const size = fitting.length > 0 ? Math.max(...fitting) : Math.min(group.length, maxBatch);
      if (chosen === undefined || this.#lastTurn(group) < this.#lastTurn(chosen.group)) chosen = { group, size };
    }
    return chosen === undefined ? undefined : this.#inTurn(chosen.group, chosen.size);
  }

  /** When the job of a group that waits longest for its turn had its last one. */
  #lastTurn(group: readonly Waiting<T>[]): number {
    return Math.min(...group.map(({ item }) => this.#turns.get(item.job) ?? 0));
  }

  #inTurn(group: readonly Waiting<T>[], size: number): T[] {
    const jobs = grouped(group, ({ item }) => item.job);
    const taken = new Set<Waiting<T>>();
    while (taken.size < size) {
      let next: string | undefined;
      for (const job of jobs.keys()) {
        if (next === undefined || (this.#turns.get(job) ?? 0) < (this.#turns.get(next) ?? 0)) next = job;
      }
      const own = jobs.get(next!)!;
      taken.add(own.shift()!);
      if (own.length === 0) jobs.delete(next!);
      this.#served(next!);
    }
    this.#waiting = this.#waiting.filter((one) => !taken.has(one));
    return [...taken].map(({ item }) => item);
  }

  #served(job: string): void {
    this.#turns.delete(job);
    this.#turns.set(job, ++this.#turn);
    if (this.#turns.size > MOST_JOBS) this.#turns.delete(this.#turns.keys().next().value!);
  }
}
