import { setTimeout as pause } from 'node:timers/promises';
import { JobState } from '@kinemacolor/contracts';
import { durationMs, endJob, hasEnded, type StoredJob } from '@kinemacolor/jobs';
import { Status } from 'nice-grpc';
import type { Gateway } from './gateway.js';

/** How the source stands that a call receives. */
export interface SourceState {
  /** Bytes that are kept. */
  bytes: number;
  /** When the last ones came, milliseconds since 1970. */
  lastAt: number;
  /** When it was whole; undefined: it is not. */
  wholeAt: number | undefined;
}

const LOOK_MS = 1_000;

/**
 * Keeps a job alive while a call is there for it, and its record up to date: `give_up` lies ahead as long as its client is
 * there (`attached`), or its source brings bytes. When this gateway is killed that stops, and the janitor of any gateway
 * notices.
 */
export async function tend(
  { jobs, config }: Gateway,
  record: StoredJob,
  source: SourceState | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { attached } = record;
  const { id } = record.job;
  const [attachedMs, idleMs] = [config.attachedSeconds * 1000, config.idleSeconds * 1000];
  let [told, renewed] = [source?.bytes ?? 0, Date.now()];
  for (;;) {
    // Only the signal ends a pause early.
    await pause(Math.min(LOOK_MS, attachedMs / 3, idleMs / 3), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const now = Date.now();
    const late = attached && source !== undefined ? lateness(source, now, idleMs, allowedMs(record)) : undefined;
    if (late !== undefined) {
      const error = { code: Status.DEADLINE_EXCEEDED, message: late, frame: undefined };
      await endJob(jobs, id, { state: JobState.EXPIRED, error });
      return;
    }
    const bytes = source?.bytes ?? 0;
    if (bytes === told && !(attached && now - renewed >= attachedMs / 3)) continue;
    const giveUp = new Date(attached ? now + attachedMs : (source?.lastAt ?? now) + idleMs);
    await jobs.update(id, (stored) => {
      if (hasEnded(stored.job)) return undefined;
      return { ...stored, giveUp, job: { ...stored.job, sourceBytes: Math.max(stored.job.sourceBytes, bytes) } };
    });
    [told, renewed] = [bytes, now];
  }
}

/** What a client is told whose source brings nothing any more, or whose job takes too long. */
function lateness(source: SourceState, now: number, idleMs: number, allowed: number): string | undefined {
  const { wholeAt, lastAt } = source;
  if (wholeAt === undefined) return now - lastAt > idleMs ? idleWords(idleMs) : undefined;
  return now - wholeAt > allowed ? deadlineWords(allowed) : undefined;
}

export const idleWords = (ms: number): string =>
  `No bytes of the source came for ${Math.round(ms / 1000)} seconds, so the job was given up.`;
export const deadlineWords = (ms: number): string =>
  `The job was not done ${Math.round(ms / 1000)} seconds after its source was whole, which is its deadline.`;

/** How long a job may take once its source is whole, milliseconds. */
export const allowedMs = ({ allowed }: StoredJob): number => (allowed === undefined ? Infinity : durationMs(allowed));
