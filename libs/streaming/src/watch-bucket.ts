import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { endReader } from './end-reader.js';
import { entryOf, type BucketEntry } from './read-bucket.js';
import { stoppedBy } from './stopped-by.js';

/**
 * What a bucket with a history of one has for a key, or for all of them, and then every change, until the signal. The library's
 * own watch would leave its consumer on the server for minutes.
 * @param key `>`: all of them
 */
export async function* watchBucket(
  connection: NatsConnection,
  bucket: string,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<BucketEntry, void> {
  const stopped = (): boolean => signal.aborted;
  if (stopped()) return;
  const prefix = `$KV.${bucket}.`;
  const consumer = await jetstream(connection).consumers.getPushConsumer(`KV_${bucket}`, {
    filter_subjects: `${prefix}${key}`,
    deliver_policy: DeliverPolicy.LastPerSubject,
  });
  try {
    for await (const message of stoppedBy(await consumer.consume(), signal)) {
      // What had come before the signal may still be on its way.
      if (stopped()) return;
      yield entryOf(message, prefix);
    }
  } finally {
    endReader(consumer);
  }
}
