import type { UploadEnd, UploadSourceRequest, UploadTarget } from '@kinemacolor/contracts';
import { followJob, hasEnded, type FollowedJob, type StoredJob } from '@kinemacolor/jobs';
import { openByteWriter, type ByteWriter } from '@kinemacolor/streaming';
import { ServerError, Status } from 'nice-grpc';
import { refuse } from './check-settings.js';
import type { Gateway } from './gateway.js';
import type { Context } from './guard.js';
import { quietly, run } from './interleave.js';
import { endedStatus, notFound, ownJob } from './job-access.js';
import { noteWhole, receive, startUploaded } from './receive.js';
import { tend, type SourceState } from './tend.js';
import { until } from './until.js';

/** Takes the source, or the rest of it. @returns the job as it is then; it waits for more where the client did not say `end` */
export async function uploadSource(
  gateway: Gateway,
  requests: AsyncIterable<UploadSourceRequest>,
  context: Context,
): Promise<StoredJob> {
  const { signal } = context;
  const reader = requests[Symbol.asyncIterator]();
  const target = await targetOf(until(reader, signal));
  const record = await ownJob(gateway, target.jobId, context);
  const job = await followJob(gateway.jobs, record.job.id);
  if (job === undefined) throw notFound();
  try {
    if (hasEnded(job.now.job)) {
      throw new ServerError(Status.FAILED_PRECONDITION, 'The job has ended and takes no more source.');
    }
    const writer = await openByteWriter(gateway.connection, 'source', record.job.id);
    if (target.offset !== writer.kept.bytes) {
      throw new ServerError(Status.FAILED_PRECONDITION, `target.offset: The job has kept ${writer.kept.bytes} bytes; go on from there.`); // prettier-ignore
    }
    const end = await takeParts(gateway, job, writer, reader, signal);
    signal.throwIfAborted();
    const status = endedStatus(job.now);
    if (status !== undefined) throw status;
    return await finish(gateway, record, writer, end);
  } finally {
    job.close();
  }
}

async function targetOf(requests: AsyncIterable<UploadSourceRequest>): Promise<UploadTarget> {
  for await (const { part } of requests) {
    if (part?.$case === 'target') return part.value;
    break;
  }
  return refuse('target', 'The first request must say which job the bytes are for.');
}

/** Takes bytes until the client says that it is the end, or leaves, or the job ends. */
async function takeParts(
  gateway: Gateway,
  job: FollowedJob,
  writer: ByteWriter,
  reader: AsyncIterator<UploadSourceRequest>,
  signal: AbortSignal,
): Promise<UploadEnd | undefined> {
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, job.ended, stop.signal]);
  const state: SourceState = { bytes: writer.kept.bytes, lastAt: Date.now(), wholeAt: undefined };
  let end: UploadEnd | undefined;
  const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const { part } of until(reader, stopped)) {
      if (part?.$case === 'end') {
        end = part.value;
        return;
      }
      if (part?.$case !== 'source')
        return refuse('part', 'After the target come bytes of the source, and then the end.');
      if (writer.kept.whole) {
        throw new ServerError(Status.FAILED_PRECONDITION, 'The source is whole and takes no more bytes.');
      }
      yield part.value;
    }
  };
  const work = receive(gateway, job.now, writer, pieces(), state);
  const tending = tend(gateway, job.now, state, stopped);
  await run(stop, quietly(work), quietly(tending));
  return end;
}

async function finish(
  gateway: Gateway,
  record: StoredJob,
  writer: ByteWriter,
  end: UploadEnd | undefined,
): Promise<StoredJob> {
  const { id } = record.job;
  const { bytes, whole } = writer.kept;
  if (end !== undefined && end.size !== bytes) {
    refuse('end.size', `The job has kept ${bytes} bytes, not ${end.size}. Nothing is lost: go on from there, or say the right size.`); // prettier-ignore
  }
  if (end !== undefined && bytes === 0)
    throw new ServerError(Status.INVALID_ARGUMENT, 'The source is empty, which is no film.');
  if (end !== undefined && !whole) await writer.finish();
  const after =
    end === undefined
      ? await gateway.jobs.get(id)
      : record.attached
        ? await noteWhole(gateway, id, bytes)
        : await startUploaded(gateway, record, bytes);
  if (after === undefined) throw notFound();
  return after;
}
