import { hasEnded, hasResult, type StoredJob } from '@kinemacolor/jobs';
import { forgetJob, KINDS, type Kind } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';

/** Whether nobody will ask for what a job has in this stream. @param record undefined: the job was deleted */
export function isLeftover(kind: Kind, record: StoredJob | undefined): boolean {
  if (record === undefined) return true;
  if (!hasEnded(record.job)) return false;
  return kind !== 'result' || !hasResult(record);
}

/** Deletes what a job that has ended leaves in the streams; the result stays if it is whole. */
export async function purgeLeftovers(connection: NatsConnection, record: StoredJob): Promise<void> {
  const kinds = KINDS.filter((kind) => isLeftover(kind, record));
  if (kinds.length > 0) await forgetJob(connection, record.job.id, kinds);
}
