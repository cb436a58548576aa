import type { ChromaBytes } from '@kinemacolor/models';
import { ColouringThread } from './colouring-thread.js';
import { PipelineError } from './pipeline-error.js';
import type { BatchSize, WayOfRunning, WorkerReady, WorkerStart } from './worker-messages.js';

/** Batches that may wait for each thread; a caller that sends more is a bug, not a queue. */
const MOST_WAITING = 8;

/**
 * Colouring threads with the same model. They share the process, so the engine's code, its thread pool and its numbers
 * (a batch gets the same bytes from any of them) are the same; each holds its own weights. When one dies, all do.
 */
export class ThreadPool {
  private readonly threads: ColouringThread[] = [];
  private failure: Error | undefined;
  private growing: Promise<void> = Promise.resolve();
  private last = -1;

  private constructor(
    private readonly start: WorkerStart,
    private readonly warn: (message: string) => void,
  ) {}

  /** @throws ModelError, TensorError as the first thread met them; PipelineError `WORKER_DIED` */
  static async open(
    start: WorkerStart,
    warn: (message: string) => void,
  ): Promise<{ pool: ThreadPool; ready: WorkerReady }> {
    const told = new Set<string>();
    // What is wrong with one thread is wrong with all of them, and is said once.
    const pool = new ThreadPool(start, (message) => {
      if (!told.has(message)) warn(message);
      told.add(message);
    });
    return { pool, ready: await pool.add() };
  }

  get size(): number {
    return this.threads.length;
  }

  /** How the generator is run, as the first thread last said. */
  get way(): WayOfRunning | undefined {
    return this.threads[0]?.way;
  }

  get tensors(): number {
    return this.threads.reduce((sum, { tensors }) => sum + tensors, 0);
  }

  /**
   * Gives a batch to the thread with the fewest before it, in turn where they are equal.
   * @param among only the first so many threads
   * @throws PipelineError `BUSY`, `WORKER_DIED`; ModelError `BAD_INPUT`
   */
  colour(luma: Uint8Array, size: BatchSize, among = this.size): Promise<ChromaBytes> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    let chosen = -1;
    for (let step = 1; step <= among; step++) {
      const index = (this.last + step) % among;
      if (chosen < 0 || this.threads[index]!.load < this.threads[chosen]!.load) chosen = index;
    }
    const thread = this.threads[chosen]!;
    if (thread.load >= MOST_WAITING) {
      const most = MOST_WAITING * among;
      return Promise.reject(new PipelineError('BUSY', `More than ${most} batches wait for the colorizer.`));
    }
    this.last = chosen;
    return thread.colour(luma, size);
  }

  /**
   * Starts or ends threads until there are so many (at least one).
   * @throws PipelineError `BUSY` while batches are under way; whatever kept a thread from starting
   */
  async resize(count: number): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.threads.some(({ load }) => load > 0)) {
      throw new PipelineError('BUSY', 'The number of colouring threads cannot change while batches are under way.');
    }
    const surplus = this.threads.splice(Math.max(1, count));
    await Promise.all(surplus.map((thread) => thread.end(closed())));
    const missing = Array.from({ length: Math.max(0, count - this.size) }, () => this.add());
    const started = Promise.allSettled(missing);
    this.growing = started.then(() => undefined);
    const failed = (await started).find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Ends all threads; waiting batches are rejected. Idempotent. */
  async close(): Promise<void> {
    const reason = (this.failure ??= closed());
    await Promise.all(this.threads.map((thread) => thread.end(reason)));
    await this.growing;
  }

  private async add(): Promise<WorkerReady> {
    const thread = new ColouringThread(this.start, this.warn);
    const ready = await thread.ready;
    if (this.failure !== undefined) {
      await thread.end(this.failure);
      throw this.failure;
    }
    this.threads.push(thread);
    void thread.gone.then((reason) => {
      // One that was ended on purpose is no longer in the list.
      if (this.threads.includes(thread)) this.fail(reason);
    });
    return ready;
  }

  /** What one thread could not finish leaves a hole in the film, so nothing more is taken. */
  private fail(reason: Error): void {
    this.failure ??= reason;
    for (const thread of this.threads) void thread.end(this.failure);
  }
}

const closed = (): PipelineError => new PipelineError('WORKER_DIED', 'The colorizer was closed.');
