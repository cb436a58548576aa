import { randomUUID } from 'node:crypto';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { isAway } from './is-away.js';
import { StreamingError } from './streaming-error.js';

/** What a bucket has for a key: a value, or the mark that one was deleted. */
export interface BucketEntry {
  readonly key: string;
  /** undefined: it was deleted. */
  readonly value: Uint8Array | undefined;
  readonly sequence: number;
  /** When that was, by the server's clock. */
  readonly time: Date;
}

/** Entries that are asked for at a time. */
const BATCH = 500;
const PATIENCE_MS = 10_000;
const FORGOTTEN_MS = 30_000;
const NANOSECONDS = 1e6;

/**
 * Everything in a bucket with a history of one, in no order. What changes meanwhile may come twice, the newer one last. Leaves
 * nothing behind on the server, as a watch does for minutes.
 * @throws StreamingError `LOST` when the server goes meanwhile: nobody shall take a part for the whole
 */
export async function* readBucket(connection: NatsConnection, bucket: string): AsyncGenerator<BucketEntry, void> {
  const [stream, prefix] = [`KV_${bucket}`, `$KV.${bucket}.`];
  const manager = await jetstreamManager(connection);
  const { name, num_pending: count } = await manager.consumers.add(stream, {
    name: `reader-${randomUUID()}`,
    filter_subject: `${prefix}>`,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.LastPerSubject,
    inactive_threshold: FORGOTTEN_MS * NANOSECONDS,
    mem_storage: true,
  });
  try {
    const consumer = await jetstream(connection).consumers.get(stream, name);
    for (let left = count; left > 0;) {
      const before = left;
      for await (const message of await consumer.fetch({ max_messages: Math.min(left, BATCH), expires: PATIENCE_MS })) {
        left = message.info.pending;
        yield entryOf(message, prefix);
      }
      if (left === before) throw new StreamingError('LOST', `The server went while ${bucket} was being read.`);
    }
  } finally {
    await manager.consumers.delete(stream, name).catch((error: unknown) => {
      // A server that is away forgets it by itself, after a while.
      if (!isAway(error)) throw error;
    });
  }
}

/** @param prefix of the subjects of the bucket */
export function entryOf({ subject, headers, data, seq, time }: JsMsg, prefix: string): BucketEntry {
  const deleted = (headers?.get('KV-Operation') ?? '') !== '';
  return {
    key: subject.slice(prefix.length),
    value: deleted ? undefined : data,
    sequence: seq,
    time: new Date(time),
  };
}

/** Deletes a key's value or mark. */
export async function eraseRecord(connection: NatsConnection, bucket: string, key: string): Promise<void> {
  const manager = await jetstreamManager(connection);
  await manager.streams.purge(`KV_${bucket}`, { filter: `$KV.${bucket}.${key}` });
}

/** Deletes the marks of what was deleted before `until`; a value is left alone. */
export async function forgetMarks(connection: NatsConnection, bucket: string, until: Date): Promise<void> {
  const manager = await jetstreamManager(connection);
  for await (const { value, sequence, time } of readBucket(connection, bucket)) {
    if (value === undefined && time < until) await manager.streams.deleteMessage(`KV_${bucket}`, sequence, false);
  }
}
