import { JetStreamApiCodes, StorageType } from '@nats-io/jetstream';
import { Kvm, type KvEntry } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { hasApiCode } from './api-code.js';
import { despiteAbsence } from './is-away.js';
import { eraseRecord, forgetMarks, readBucket } from './read-bucket.js';
import { StreamingError } from './streaming-error.js';
import { watchBucket } from './watch-bucket.js';

/** How a record is kept: bytes and back. */
export interface RecordCodec<T> {
  encode(value: T): Uint8Array;
  /** @throws Error for bytes that are no such record */
  decode(bytes: Uint8Array): T;
}

export interface RecordsOptions<T> {
  readonly bucket: string;
  readonly codec: RecordCodec<T>;
  readonly replicas?: number;
  /** How long a record is kept after its last change, milliseconds; default: until it is deleted. */
  readonly ttlMs?: number;
}

/** A record as it was at some time: of two, that with the larger version is the newer one. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

/** Records by id, on disk, that any process may change: the last one that saw the newest state wins. */
export interface Records<T> {
  /** @returns false when there is one of this id already */
  create(id: string, value: T): Promise<boolean>;
  get(id: string): Promise<T | undefined>;
  getVersion(id: string): Promise<Versioned<T> | undefined>;
  /**
   * Changes a record by what it is now. When somebody else was quicker, `change` is asked again with what they left; when the
   * answer was lost with the server, with what it has made itself: what may not be made twice must be seen in the record.
   * @param change gives the new state, or undefined to leave it as it is
   * @returns what it is afterwards; undefined when there is no such record
   * @throws StreamingError `CONTENDED` after many tries
   */
  update(id: string, change: (now: T) => T | undefined): Promise<T | undefined>;
  delete(id: string): Promise<void>;
  /** Deletes it and leaves no mark: who watches is not told. */
  erase(id: string): Promise<void>;
  /** The record now, and after every change, until it is deleted or the signal fires. Changes in quick succession may come as one. */
  watch(id: string, signal: AbortSignal): AsyncGenerator<T, void>;
  watchVersions(id: string, signal: AbortSignal): AsyncGenerator<Versioned<T>, void>;
  /** Every record now, and after every change, until the signal fires; deleted ones are passed over. */
  watchAll(signal: AbortSignal): AsyncGenerator<T, void>;
  /** All ids, in no order. */
  ids(): AsyncGenerator<string, void>;
  /**
   * All records by their ids, in no order, in one pass: much quicker than one `get` each. One that changes meanwhile may come
   * twice, as it is then the second time.
   * @throws StreamingError `LOST` when the server goes meanwhile
   */
  entries(): AsyncGenerator<readonly [id: string, value: T], void>;
  /**
   * Forgets that what was deleted before `until` has been there: else each record leaves a small mark for ever.
   * @param until some time ago, so that everyone who watches has seen the mark
   */
  forgetDeleted(until: Date): Promise<void>;
}

const MOST_TRIES = 100;

/** Opens a bucket of records, which is made if it is not there. */
export async function openRecords<T>(
  connection: NatsConnection,
  { bucket, codec, replicas = 1, ttlMs }: RecordsOptions<T>,
): Promise<Records<T>> {
  const ttl = ttlMs === undefined ? {} : { ttl: ttlMs };
  const kv = await despiteAbsence(() =>
    // Of a cluster the leader is asked: another server may not know yet what has just been written.
    new Kvm(connection).create(bucket, {
      replicas,
      storage: StorageType.File,
      history: 1,
      allow_direct: false,
      ...ttl,
    }),
  );
  const valueOf = (entry: KvEntry | null): T | undefined =>
    entry?.operation === 'PUT' ? codec.decode(entry.value) : undefined;
  const getVersion = async (id: string): Promise<Versioned<T> | undefined> => {
    const entry = await despiteAbsence(() => kv.get(id));
    const value = valueOf(entry);
    return entry === null || value === undefined ? undefined : { value, version: entry.revision };
  };
  const watchVersions = async function* (id: string, signal: AbortSignal): AsyncGenerator<Versioned<T>, void> {
    for await (const { value, sequence } of watchBucket(connection, bucket, id, signal)) {
      if (value === undefined) return;
      yield { value: codec.decode(value), version: sequence };
    }
  };
  return {
    create: (id, value) => unlessMoved(() => kv.create(id, codec.encode(value))),
    get: async (id) => (await getVersion(id))?.value,
    getVersion,
    update: async (id, change) => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const now = await getVersion(id);
        if (now === undefined) return undefined;
        const next = change(now.value);
        if (next === undefined) return now.value;
        if (await unlessMoved(() => kv.update(id, codec.encode(next), now.version))) return next;
      }
      throw new StreamingError('CONTENDED', `${bucket}/${id} was changed by others ${MOST_TRIES} times in a row.`);
    },
    delete: (id) => despiteAbsence(() => kv.purge(id)),
    erase: (id) => despiteAbsence(() => eraseRecord(connection, bucket, id)),
    watch: async function* (id, signal) {
      for await (const { value } of watchVersions(id, signal)) yield value;
    },
    watchVersions,
    watchAll: async function* (signal) {
      for await (const { value } of watchBucket(connection, bucket, '>', signal)) {
        if (value !== undefined) yield codec.decode(value);
      }
    },
    ids: async function* () {
      for await (const { key, value } of readBucket(connection, bucket)) {
        if (value !== undefined) yield key;
      }
    },
    entries: async function* () {
      for await (const { key, value } of readBucket(connection, bucket)) {
        if (value !== undefined) yield [key, codec.decode(value)];
      }
    },
    forgetDeleted: (until) => forgetMarks(connection, bucket, until),
  };
}

/** @returns false when the record is no longer the one that was meant */
async function unlessMoved(write: () => Promise<number>): Promise<boolean> {
  try {
    await despiteAbsence(write);
    return true;
  } catch (error) {
    if (hasApiCode(error, JetStreamApiCodes.StreamWrongLastSequence)) return false;
    throw error;
  }
}
