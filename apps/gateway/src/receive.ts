import { JobState } from '@kinemacolor/contracts';
import { endJob, hasEnded, startTasks, type JobStore, type StoredJob } from '@kinemacolor/jobs';
import { LARGEST_CHUNK, StreamingError, type ByteWriter } from '@kinemacolor/streaming';
import { ServerError, Status } from 'nice-grpc';
import { gather } from './gather.js';
import type { Gateway } from './gateway.js';
import { endedStatus, notFound } from './job-access.js';
import { allowedMs, type SourceState } from './tend.js';

/**
 * Keeps the bytes of a source as they come. The next ones are only asked for when these are on the disk: the back-pressure.
 * @throws ServerError `RESOURCE_EXHAUSTED` when there are too many, which ends the job
 */
export async function receive(
  { jobs, config }: Gateway,
  { job: { id }, live }: StoredJob,
  writer: ByteWriter,
  pieces: AsyncIterable<Uint8Array>,
  state: SourceState,
): Promise<void> {
  // Of a source without an end only the last part is kept, and that little.
  const most = live === undefined ? config.mostSourceBytes : Infinity;
  for await (const piece of gather(pieces, LARGEST_CHUNK)) {
    if (writer.kept.bytes + piece.byteLength > most) {
      const message = `The source has more than ${most} bytes, which is the service's limit.`;
      const error = { code: Status.RESOURCE_EXHAUSTED, message, frame: undefined };
      await endJob(jobs, id, { state: JobState.FAILED, error });
      throw new ServerError(Status.RESOURCE_EXHAUSTED, message);
    }
    if (!(await written(jobs, id, writer, piece))) return;
    state.bytes = writer.kept.bytes;
    state.lastAt = Date.now();
  }
}

/**
 * @returns false when the job has succeeded meanwhile: nobody wants the rest
 * @throws ServerError what the job ended with otherwise: its bytes are purged then, which the writer takes for another writer
 */
async function written(jobs: JobStore, id: string, writer: ByteWriter, piece: Uint8Array): Promise<boolean> {
  try {
    await writer.write(piece);
    return true;
  } catch (error) {
    if (!(error instanceof StreamingError && error.code === 'CONTENDED')) throw error;
    const record = await jobs.get(id);
    if (record !== undefined && !hasEnded(record.job)) throw error;
    const status = record === undefined ? notFound() : endedStatus(record);
    if (status !== undefined) throw status;
    return false;
  }
}

/**
 * Says that an uploaded source is whole, and has the job done. May be done again: a gateway that is killed in between is made
 * good by the client's next try, as the job is QUEUED only when its tasks are there.
 * @returns the job afterwards; undefined when it is gone
 */
export async function startUploaded(
  { jobs, connection }: Gateway,
  record: StoredJob,
  bytes: number,
): Promise<StoredJob | undefined> {
  const { id } = record.job;
  const giveUp = new Date(Date.now() + allowedMs(record));
  const waits = ({ job }: StoredJob): boolean => job.state === JobState.UPLOADING;
  const marked = await jobs.update(id, (now) =>
    waits(now) ? { ...now, giveUp, job: { ...now.job, sourceBytes: bytes } } : undefined,
  );
  if (marked === undefined || !waits(marked)) return marked;
  await startTasks(connection, id);
  return jobs.update(id, (now) => (waits(now) ? { ...now, job: { ...now.job, state: JobState.QUEUED } } : undefined));
}

/** Notes that the source of an attached job is whole; it has been running from its first byte on. */
export function noteWhole({ jobs }: Gateway, id: string, bytes: number): Promise<StoredJob | undefined> {
  return jobs.update(id, (now) =>
    now.job.sourceBytes === bytes ? undefined : { ...now, job: { ...now.job, sourceBytes: bytes } },
  );
}
