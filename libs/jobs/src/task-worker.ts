import { JobState } from '@kinemacolor/contracts';
import { StreamingError, takeLeases, type Bus, type Lease } from '@kinemacolor/streaming';
import { readTraceparent, withinTrace } from '@kinemacolor/telemetry';
import { countFailure } from './count-failure.js';
import { followJob, type FollowedJob } from './follow-job.js';
import { endJob, type JobStore } from './job-store.js';
import { lastWords } from './last-words.js';
import { QUEUES, type TaskKind } from './tasks.js';

export interface TaskWorkerOptions {
  readonly bus: Bus;
  readonly store: JobStore;
  readonly kind: TaskKind;
  /** Jobs that this process works for at a time. */
  readonly atOnce: number;
  /**
   * Works for one job until that has ended. The signal fires when the job ends, or when this process is to stop: then the
   * work is handed back, and another process goes on with it. It fires as well when the record cannot be read: then the work
   * has failed.
   * @throws Replaced when another process has taken the job over; anything else is tried again by somebody
   */
  readonly work: (job: FollowedJob, signal: AbortSignal) => Promise<void>;
  /** Told of each failure that is not the job's own. */
  readonly onFailure: (job: string, error: unknown) => void;
  /** See `followJob`. */
  readonly lookMs?: number;
  /** Delay before the second try, doubled for each one after it, milliseconds. Default 500. */
  readonly retryMs?: number;
}

export interface TaskWorker {
  /** Fails when no more tasks can be had. */
  readonly ended: Promise<void>;
  /** Jobs that are worked for now. */
  readonly running: number;
  /** Hands back every job and takes no more. */
  drain(): Promise<void>;
}

/** Another process has the job: this one's work is void. */
export class Replaced extends Error {
  override readonly name = 'Replaced';
}

/** Failures of a task until its job is given up. */
const MOST_FAILURES = 6;
/** Processes that a task may be given to, many of which are restarted in the course of things: then it is what kills them. */
const MOST_DELIVERIES = 40;
const RETRY_MS = 500;
const INTERNAL = 13;

/** Takes tasks of a kind from their queue, some at a time. */
export function startTaskWorker(options: TaskWorkerOptions): TaskWorker {
  const { bus, kind, atOnce } = options;
  const draining = new AbortController();
  const running = new Map<string, { readonly leases: Lease[]; readonly done: Promise<void> }>();
  const take = async (): Promise<void> => {
    const { connection, ensure } = bus;
    const { signal } = draining;
    for await (const lease of takeLeases(connection, { kind, queue: QUEUES[kind], ahead: atOnce, ensure, signal })) {
      const id = new TextDecoder().decode(lease.data);
      const known = running.get(id);
      // After the server has come back it may give out again what this process has: it keeps both.
      if (known !== undefined) {
        known.leases.push(lease);
        continue;
      }
      const leases = [lease];
      const done = workFor(id, leases, options, signal).finally(() => running.delete(id));
      running.set(id, { leases, done });
    }
    await Promise.all([...running.values()].map(({ done }) => done));
  };
  const ended = take();
  return {
    ended,
    get running() {
      return running.size;
    },
    drain: async () => {
      draining.abort();
      await ended;
    },
  };
}

async function workFor(id: string, leases: Lease[], options: TaskWorkerOptions, draining: AbortSignal): Promise<void> {
  let job: FollowedJob | undefined;
  const hasEnded = (): boolean => job?.ended.aborted !== false;
  try {
    job = await followJob(options.store, id, options.lookMs);
    if (job !== undefined && !hasEnded() && deliveriesOf(leases) > MOST_DELIVERIES) {
      const why = `The ${options.kind}r began ${MOST_DELIVERIES} times and never came to an end: something in it may end the process.`;
      await giveUp(options.store, id, why);
    } else if (job !== undefined && !hasEnded()) {
      const [followed, signal] = [job, AbortSignal.any([draining, job.ended, job.lost])];
      await withinTrace(readTraceparent(job.now.traceparent), () => options.work(followed, signal));
      // It stopped because it was told to, not because all was done.
      if (!hasEnded()) for (const reason of [job.lost, draining]) reason.throwIfAborted();
    }
    await Promise.all(leases.map((lease) => lease.done()));
  } catch (error) {
    if (job !== undefined && hasEnded()) await Promise.all(leases.map((lease) => lease.done()));
    else if (draining.aborted) for (const lease of leases) lease.giveBack();
    else if (isReplaced(error)) for (const lease of leases) lease.letGo();
    else await tryAgain(id, leases, error, options);
  } finally {
    job?.close();
  }
}

async function tryAgain(
  id: string,
  leases: readonly Lease[],
  error: unknown,
  { store, kind, onFailure, retryMs = RETRY_MS }: TaskWorkerOptions,
): Promise<void> {
  onFailure(id, error);
  const giveBack = (doublings: number): void => {
    for (const lease of leases) lease.giveBack(retryMs * 2 ** Math.min(doublings, MOST_FAILURES));
  };
  const failures = await countFailure(store, id, { kind, error });
  if (failures === undefined || failures < MOST_FAILURES) {
    giveBack(failures ?? deliveriesOf(leases));
    return;
  }
  try {
    await giveUp(store, id, `The ${kind}r failed ${failures} times, the last time so: ${lastWords(error)}`);
    await Promise.all(leases.map((lease) => lease.done()));
  } catch (thrown) {
    // A record that cannot be read cannot be ended either: its task waits for somebody who mends or deletes it.
    onFailure(id, thrown);
    giveBack(MOST_FAILURES);
  }
}

/** Who gets the message cannot read our log: it says what went wrong last, and what to name to those who can. */
async function giveUp(store: JobStore, id: string, why: string): Promise<void> {
  const message = `${why} Try again, or report it with the job's id, ${id}.`;
  await endJob(store, id, { state: JobState.FAILED, error: { code: INTERNAL, message, frame: undefined } });
}

const deliveriesOf = (leases: readonly Lease[]): number => Math.max(...leases.map(({ tries }) => tries));

const isReplaced = (error: unknown): boolean =>
  error instanceof Replaced || (error instanceof StreamingError && error.code === 'CONTENDED');
