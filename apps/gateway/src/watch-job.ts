import { Job, type DeepPartial, type WatchJobRequest, type WatchJobResponse } from '@kinemacolor/contracts';
import { followJob, hasEnded, watchPreviews, type FollowedJob, type StoredJob } from '@kinemacolor/jobs';
import type { Preview } from '@kinemacolor/contracts';
import type { Gateway } from './gateway.js';
import type { Context } from './guard.js';
import { interleave } from './interleave.js';
import { notFound, ownJob } from './job-access.js';
import { Newest } from './newest.js';

type Answer = DeepPartial<WatchJobResponse>;

/** The job now, and again whenever it has changed, until it has ended. Of changes that a slow client missed it gets the last. */
export async function* watchJob(
  gateway: Gateway,
  { jobId, previews }: WatchJobRequest,
  context: Context,
): AsyncGenerator<Answer, void> {
  await ownJob(gateway, jobId, context);
  const job = await followJob(gateway.jobs, jobId);
  if (job === undefined) throw notFound();
  const stop = new AbortController();
  const stopped = AbortSignal.any([context.signal, stop.signal]);
  const pictures = new Newest<Preview>();
  const showing = previews ? watchPreviews(gateway.connection, jobId, (one) => { pictures.put(one); }) : undefined; // prettier-ignore
  const shown = async function* (): AsyncGenerator<Answer, void> {
    for await (const value of pictures.values(stopped)) yield { part: { $case: 'preview', value } };
  };
  const changes = async function* (): AsyncGenerator<Answer, void> {
    for await (const { job: value } of changesOf(job, stopped)) yield { part: { $case: 'job', value } };
    context.signal.throwIfAborted();
    if (!hasEnded(job.now.job)) throw notFound();
  };
  try {
    yield* interleave(stop, changes(), ...(previews ? [shown()] : []));
  } finally {
    showing?.close();
    job.close();
  }
}

/** The record now, and after each change that a client can see, until it has ended, is gone, or the signal fires. */
export async function* changesOf(job: FollowedJob, signal: AbortSignal): AsyncGenerator<StoredJob, void> {
  const records = new Newest<StoredJob>();
  const gone = new AbortController();
  const onEnded = (): void => {
    if (!hasEnded(job.now.job)) gone.abort();
  };
  job.ended.addEventListener('abort', onEnded);
  if (job.ended.aborted) onEnded();
  job.onChange((record) => {
    records.put(record);
  });
  records.put(job.now);
  let before = Buffer.alloc(0);
  try {
    for await (const record of records.values(AbortSignal.any([signal, gone.signal]))) {
      const bytes = Buffer.from(Job.encode(record.job).finish());
      if (!bytes.equals(before)) yield record;
      if (hasEnded(record.job)) return;
      before = bytes;
    }
  } finally {
    job.ended.removeEventListener('abort', onEnded);
  }
}
