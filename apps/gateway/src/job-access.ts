import { JobState } from '@kinemacolor/contracts';
import { hasResult, type StoredJob } from '@kinemacolor/jobs';
import { keptBytes } from '@kinemacolor/streaming';
import { ServerError, Status } from 'nice-grpc';
import type { Gateway } from './gateway.js';
import type { Context } from './guard.js';

/**
 * A job of the caller's own.
 * @throws ServerError `NOT_FOUND`, for another token's job exactly as for one that is not there
 */
export async function ownJob({ jobs }: Gateway, id: string, { caller, about }: Context): Promise<StoredJob> {
  const record = /^[0-9a-f]{32}$/.test(id) ? await jobs.get(id) : undefined;
  if (record?.owner !== caller.name) throw notFound();
  about(id, record.traceparent);
  return record;
}

export const notFound = (): ServerError => new ServerError(Status.NOT_FOUND, 'There is no such job.');

/** The job with the bytes that are kept at this moment; its record tells them a second late. */
export async function withBytes({ connection }: Gateway, { job, attached }: StoredJob): Promise<StoredJob['job']> {
  const coming = job.state === JobState.UPLOADING || (attached && job.state === JobState.RUNNING);
  const [source, result] = await Promise.all([
    coming ? keptBytes(connection, 'source', job.id) : undefined,
    keptBytes(connection, 'result', job.id),
  ]);
  return { ...job, sourceBytes: source?.bytes ?? job.sourceBytes, resultBytes: result.bytes };
}

/** What the calls are told that wait for a job which ended without a result. @returns undefined when it has one, or runs */
export function endedStatus(record: StoredJob): ServerError | undefined {
  if (hasResult(record)) return undefined;
  const { state, error } = record.job;
  if (state === JobState.CANCELLED) return new ServerError(Status.CANCELLED, 'The job was cancelled.');
  if (state !== JobState.FAILED && state !== JobState.EXPIRED) return undefined;
  const code = Object.values(Status).find((value): value is Status => value !== Status.OK && value === error?.code);
  const fallback = state === JobState.EXPIRED ? Status.DEADLINE_EXCEEDED : Status.INTERNAL;
  return new ServerError(code ?? fallback, error?.message ?? 'The job ended without saying why.');
}
