import { setTimeout as pause } from 'node:timers/promises';
import { isAway, type Versioned } from '@kinemacolor/streaming';
import { hasEnded, type JobStore, type StoredJob } from './job-store.js';

/** A job's record as it changes, for somebody who works for it. It may be late, but never goes back. */
export interface FollowedJob {
  readonly now: StoredJob;
  /** Fires when the job has ended or is gone: nothing more is to be done for it. */
  readonly ended: AbortSignal;
  /** Fires, with the error, when the record cannot be read any more: whoever goes on would not notice the end. */
  readonly lost: AbortSignal;
  /** Calls `listen` after every change from now on, until `close`. */
  onChange(listen: (now: StoredJob) => void): void;
  close(): void;
}

/** A change that the watch has missed is found by then, milliseconds. */
const LOOK_AGAIN_MS = 2_000;
/** Looks in a row that fail, though the server is there, until the record counts as lost. */
const MOST_FAILURES = 3;

/**
 * @param lookMs how often it is looked for changes that were missed
 * @returns undefined when there is no such job
 */
export async function followJob(store: JobStore, id: string, lookMs = LOOK_AGAIN_MS): Promise<FollowedJob | undefined> {
  const first = await store.getVersion(id);
  if (first === undefined) return undefined;
  let last = first;
  const ended = new AbortController();
  const lost = new AbortController();
  const closed = new AbortController();
  const listeners = new Set<(now: StoredJob) => void>();
  const see = (record: Versioned<StoredJob> | undefined): void => {
    if (closed.signal.aborted) return;
    if (record === undefined) {
      ended.abort();
      return;
    }
    // The watch and the looks overtake each other.
    if (record.version < last.version) return;
    last = record;
    if (hasEnded(record.value.job)) ended.abort();
    for (const listen of listeners) listen(record.value);
  };
  see(first);
  void watch(store, id, { see, lookMs, signal: closed.signal });
  let failures = 0;
  let looking = false;
  const look = async (): Promise<void> => {
    // While the server is away a look takes long.
    if (looking) return;
    looking = true;
    try {
      see(await store.getVersion(id));
      failures = 0;
    } catch (error) {
      if (!isAway(error)) failures += 1;
      // Looking goes on: the record may become readable again, and end.
      if (failures === MOST_FAILURES) lost.abort(error);
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), lookMs);
  return {
    get now() {
      return last.value;
    },
    ended: ended.signal,
    lost: lost.signal,
    onChange: (listen) => listeners.add(listen),
    close: () => {
      clearInterval(timer);
      listeners.clear();
      closed.abort();
    },
  };
}

async function watch(
  store: JobStore,
  id: string,
  {
    see,
    lookMs,
    signal,
  }: {
    readonly see: (record: Versioned<StoredJob> | undefined) => void;
    readonly lookMs: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const record of store.watchVersions(id, signal)) see(record);
      // The watch of a record that was deleted ends by itself.
      see(await store.getVersion(id));
    } catch {
      // The watch is the quick way; the timer above is the sure one, and meets what is really wrong.
    }
    await pause(lookMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
