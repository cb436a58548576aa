import type { DeepPartial, DownloadResultRequest, DownloadResultResponse } from '@kinemacolor/contracts';
import { followJob, hasResult } from '@kinemacolor/jobs';
import { keptBytes } from '@kinemacolor/streaming';
import { ServerError, Status } from 'nice-grpc';
import { followResult } from './follow-result.js';
import type { Gateway } from './gateway.js';
import type { Context } from './guard.js';
import { interleave, quietly } from './interleave.js';
import { endedStatus, notFound, ownJob } from './job-access.js';
import { tend } from './tend.js';

/** The result from an offset on, as it grows. */
export async function* downloadResult(
  gateway: Gateway,
  { jobId, offset }: DownloadResultRequest,
  context: Context,
): AsyncGenerator<DeepPartial<DownloadResultResponse>, void> {
  await ownJob(gateway, jobId, context);
  const job = await followJob(gateway.jobs, jobId);
  if (job === undefined) throw notFound();
  try {
    const status = endedStatus(job.now);
    if (status !== undefined) throw status;
    const { bytes, whole } = await keptBytes(gateway.connection, 'result', jobId);
    if (hasResult(job.now) && !whole) {
      throw new ServerError(Status.NOT_FOUND, 'The result is no longer there.');
    }
    if (offset > bytes) {
      throw new ServerError(Status.OUT_OF_RANGE, `offset: The result has ${bytes} bytes${whole ? '' : ' so far'}.`);
    }
    const stop = new AbortController();
    const stopped = AbortSignal.any([context.signal, stop.signal]);
    const result = followResult(gateway, job, offset, stopped);
    // Whoever reads the result of a stream that broke is there in the stream's place.
    const tending = job.now.attached ? [quietly(tend(gateway, job.now, undefined, AbortSignal.any([stopped, job.ended])))] : []; // prettier-ignore
    for await (const part of interleave(stop, result, ...tending)) yield { result: part };
  } finally {
    job.close();
  }
}
