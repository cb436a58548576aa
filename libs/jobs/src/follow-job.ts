import { setTimeout as pause } from 'node:timers/promises';
import { isAway } from '@kinemacolor/streaming';
import { hasEnded, type JobStore, type StoredJob } from './job-store.js';

/** A job's record as it changes, for somebody who works for it. */
export interface FollowedJob {
  readonly now: StoredJob;
  /** Fires when the job has ended or is gone: nothing more is to be done for it. */
  readonly ended: AbortSignal;
  /** Calls `listen` after every change from now on, until `close`. */
  onChange(listen: (now: StoredJob) => void): void;
  close(): void;
}

/** A change that the watch has missed is found by then, milliseconds. */
const LOOK_AGAIN_MS = 2_000;

/** @returns undefined when there is no such job */
export async function followJob(store: JobStore, id: string): Promise<FollowedJob | undefined> {
  const first = await store.get(id);
  if (first === undefined) return undefined;
  let now = first;
  const ended = new AbortController();
  const closed = new AbortController();
  const listeners = new Set<(now: StoredJob) => void>();
  const see = (record: StoredJob | undefined): void => {
    if (closed.signal.aborted) return;
    if (record === undefined) {
      ended.abort();
      return;
    }
    now = record;
    if (hasEnded(record.job)) ended.abort();
    for (const listen of listeners) listen(record);
  };
  see(first);
  void watch(store, id, see, closed.signal);
  const timer = setInterval(() => {
    store.get(id).then(see, (error: unknown) => {
      // Whoever works for the job meets the same error where it can be told.
      if (!isAway(error)) closed.abort(error);
    });
  }, LOOK_AGAIN_MS);
  return {
    get now() {
      return now;
    },
    ended: ended.signal,
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
  see: (record: StoredJob | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const record of store.watch(id, signal)) see(record);
      // The watch of a record that was deleted ends by itself.
      see(await store.get(id));
    } catch {
      // The watch is the quick way; the timer above is the sure one, and meets what is really wrong.
    }
    await pause(LOOK_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
