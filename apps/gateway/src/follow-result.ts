import { hasEnded, hasResult, type FollowedJob } from '@kinemacolor/jobs';
import { keptBytes, readBytes, StreamingError } from '@kinemacolor/streaming';
import { ServerError, Status } from 'nice-grpc';
import type { Gateway } from './gateway.js';
import { endedStatus, notFound } from './job-access.js';

/**
 * Most bytes of one answer. Sixteen answers may wait for a client that does not read, so this is what bounds its share of the
 * memory: 2 MiB.
 */
const LARGEST_ANSWER = 128 * 1024;
/** Of a result without an end so much is kept behind its reader, for a client that goes on after its stream broke. */
const LIVE_KEPT_BYTES = 8 * 2 ** 20;
/** How often it is looked whether a result that is being read has been deleted meanwhile, milliseconds. */
const LOOK_MS = 5_000;

/**
 * The result from an offset on, as it grows, until all of it is there and the job has ended: well, or as one whose source
 * was cut off.
 * @throws ServerError what the job ended with; `OUT_OF_RANGE` for bytes of a live result that are gone; `NOT_FOUND` when the result was deleted meanwhile; the signal's reason
 */
export async function* followResult(
  { connection }: Gateway,
  job: FollowedJob,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { id } = job.now.job;
  const stop = new AbortController();
  let failure: unknown;
  const unlessThere = async (): Promise<void> => {
    if (!job.ended.aborted) return;
    if (!hasResult(job.now) || !(await keptBytes(connection, 'result', id)).whole) stop.abort();
  };
  const look = (): void => {
    unlessThere().catch((error: unknown) => {
      failure = error;
      stop.abort();
    });
  };
  const timer = setInterval(look, LOOK_MS);
  job.ended.addEventListener('abort', look);
  look();
  try {
    const reading = AbortSignal.any([signal, stop.signal]);
    const keep = job.now.live === undefined ? {} : { keep: LIVE_KEPT_BYTES };
    for await (const part of readBytes(connection, 'result', id, { from, ...keep, signal: reading })) {
      for (let at = 0; at < part.byteLength; at += LARGEST_ANSWER) yield part.subarray(at, at + LARGEST_ANSWER);
    }
    if (!stop.signal.aborted) await ending(job, signal);
  } catch (error) {
    if (!(error instanceof StreamingError && error.code === 'LOST')) throw error;
    throw new ServerError(Status.OUT_OF_RANGE, `offset: The bytes from ${from} on are no longer all kept.`);
  } finally {
    clearInterval(timer);
    job.ended.removeEventListener('abort', look);
  }
  signal.throwIfAborted();
  if (failure !== undefined) throw failure as Error;
  const status = endedStatus(job.now);
  if (status !== undefined) throw status;
  if (!hasEnded(job.now.job)) throw notFound();
  if (stop.signal.aborted) throw new ServerError(Status.NOT_FOUND, 'The result is no longer there.');
}

/** Waits until the job has ended, which whoever wrote its result is about to say. */
function ending({ ended }: FollowedJob, signal: AbortSignal): Promise<void> {
  const either = AbortSignal.any([ended, signal]);
  return new Promise((resolve) => {
    if (either.aborted) resolve();
    either.addEventListener('abort', () => {
      resolve();
    });
  });
}
