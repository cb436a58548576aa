import { setTimeout as pause } from 'node:timers/promises';
import { JobState } from '@kinemacolor/contracts';
import { endJob, hasEnded, type StoredJob } from '@kinemacolor/jobs';
import { errorFields } from '@kinemacolor/lifecycle';
import { forgetJob, jobsIn, KINDS } from '@kinemacolor/streaming';
import { Status } from 'nice-grpc';
import type { Gateway } from './gateway.js';
import { isLeftover } from './purge.js';
import { allowedMs, deadlineWords, idleWords } from './tend.js';

/** A round may take this part of the time, however many jobs there are. */
const SHARE = 1 / 20;
/** How often the marks of deleted records are forgotten, and how old they are then. */
const HOUR_MS = 60 * 60_000;

/**
 * Looks after jobs that nobody else looks after, again and again until the signal: ends those that are overdue or abandoned,
 * deletes what ended ones have left (also what a colorizer published after the end), and those whose time is over. Every
 * gateway does so at the same time: all of it may be done twice.
 */
export async function keepHouse(gateway: Gateway, signal: AbortSignal): Promise<void> {
  const { config, log, jobs } = gateway;
  let forgotten = Date.now();
  const stopped = (): boolean => signal.aborted;
  while (!stopped()) {
    const began = performance.now();
    try {
      await sweep(gateway, new Date(), signal);
      if (Date.now() - forgotten > HOUR_MS) {
        forgotten = Date.now();
        await jobs.forgetDeleted(new Date(forgotten - HOUR_MS));
      }
    } catch (error) {
      // The next round may go better: the store may be away. What is wrong for good is in the log every time.
      if (!stopped()) log.warn(errorFields(error), 'a round of the janitor was left undone');
    }
    const took = performance.now() - began;
    // Only the signal ends it early.
    await pause(Math.max(config.sweepSeconds * 1000, took / SHARE), undefined, { signal }).catch(() => undefined);
  }
}

/** One round. @param now by which jobs are overdue or expired */
export async function sweep({ connection, jobs, config, log }: Gateway, now: Date, signal: AbortSignal): Promise<void> {
  const records = new Map<string, StoredJob>();
  for await (const [id, record] of jobs.entries()) records.set(id, record);
  for (const [id, record] of records) {
    if (signal.aborted) return;
    const late = hasEnded(record.job) ? undefined : lateness(record, now, config.idleSeconds * 1000);
    if (late !== undefined) {
      const ended = await endJob(jobs, id, { state: JobState.EXPIRED, error: { ...late, frame: undefined } }, now);
      if (ended !== undefined) records.set(id, ended);
      log.info({ job: id, reason: late.message }, 'job expired');
    } else if (hasEnded(record.job) && record.job.expires !== undefined && record.job.expires <= now) {
      await forgetJob(connection, id);
      await jobs.delete(id);
      records.delete(id);
      log.info({ job: id }, 'job deleted');
    }
  }
  for (const kind of KINDS) {
    for (const id of await jobsIn(connection, kind)) {
      if (signal.aborted) return;
      // One that was made after the round began is not in the map.
      const record = records.get(id) ?? (await jobs.get(id));
      if (isLeftover(kind, record)) await forgetJob(connection, id, [kind]);
    }
  }
}

/** Why a job is given up, if it is. */
function lateness(record: StoredJob, now: Date, idleMs: number): { code: number; message: string } | undefined {
  const { giveUp, attached, job } = record;
  if (giveUp === undefined || giveUp > now) return undefined;
  if (attached) return { code: Status.CANCELLED, message: 'The stream that the job belonged to broke, and nobody came for it.' }; // prettier-ignore
  const message = job.state === JobState.UPLOADING ? idleWords(idleMs) : deadlineWords(allowedMs(record));
  return { code: Status.DEADLINE_EXCEEDED, message };
}
