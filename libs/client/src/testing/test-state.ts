import { Job, JobState, type DeepPartial } from '@kinemacolor/contracts';
import { ServerError, Status } from 'nice-grpc';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { TestJob } from './test-job.js';

/** What the service for tests has, and does with its jobs. */
export class TestState {
  readonly jobs = new Map<string, TestJob>();
  readonly #keys = new Map<string, TestJob>();
  /** Bytes of sources taken in so far, streams and uploads together. */
  taken = 0;
  /** Bytes of results handed out so far. */
  given = 0;
  /** What every job fails with, when there is something: a gRPC status. */
  failure: { readonly code: number; readonly message: string } | undefined;
  /** Streams end as those whose source was cut off: with all of their result, and then the error. */
  cutShort = false;
  #gate = Promise.resolve();
  #open = (): void => undefined;

  /** @param mostBytes of one source */
  constructor(readonly mostBytes: number) {}

  /** Settles at once, unless everything is held. @throws the signal's reason */
  async pass(signal: AbortSignal): Promise<void> {
    const gone = new AbortController();
    const left = once(signal, 'abort', { signal: gone.signal }).catch(() => undefined);
    await Promise.race([this.#gate, left]);
    gone.abort();
    signal.throwIfAborted();
  }

  /** Nothing is coloured or handed out, and streams take in nothing, until `go`. Uploads do. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  go(): void {
    this.#open();
  }

  add(part: DeepPartial<Job>, key = ''): TestJob {
    const job = this.#keys.get(key) ?? new TestJob(part);
    this.jobs.set(job.id, job);
    if (key !== '') this.#keys.set(key, job);
    return job;
  }

  find(id: string): TestJob {
    const job = this.jobs.get(id);
    if (job === undefined) throw new ServerError(Status.NOT_FOUND, `There is no job ${id}.`);
    return job;
  }

  keep(job: TestJob, bytes: Uint8Array): void {
    if (bytes.length > 512 * 1024) throw new ServerError(Status.INVALID_ARGUMENT, 'More than 512 KiB in one message.');
    this.taken += bytes.length;
    job.keep(bytes);
    if (job.now.sourceBytes <= this.mostBytes) return;
    const message = `The source has more than ${this.mostBytes} bytes.`;
    job.change({ state: JobState.FAILED, error: { code: Status.RESOURCE_EXHAUSTED, message } });
    throw new ServerError(Status.RESOURCE_EXHAUSTED, message);
  }

  /** Ends the job when every job is to fail. @returns whether it did */
  fails(job: TestJob): boolean {
    if (this.failure === undefined) return false;
    job.change({ state: JobState.FAILED, error: this.failure });
    return true;
  }

  async colour(job: TestJob): Promise<void> {
    job.change({ state: JobState.RUNNING });
    if (this.fails(job)) return;
    do {
      await this.#gate;
      await turn();
    } while (job.colourOne());
    job.change({ state: JobState.SUCCEEDED });
  }
}

/** What a call gets that wants the result of a job without one. */
export function endingOf(job: TestJob): ServerError {
  const { error, state } = job.now;
  if (error !== undefined) return new ServerError(Status[Status[error.code] as keyof typeof Status], error.message);
  return new ServerError(Status.FAILED_PRECONDITION, `The job has no result: ${JobState[state]}.`);
}
