import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Chunk } from '@kinemacolor/contracts';
import { despiteAbsence } from './is-away.js';
import { lastEntry, openLogWriter, readLog } from './message-log.js';
import { StreamingError } from './streaming-error.js';
import { streamOf, subjectOf } from './subjects.js';

/** What is kept as bytes: the film that came, and the film that goes. */
export type ByteKind = 'source' | 'result';

/** Most bytes of one chunk; longer pieces are cut. */
export const LARGEST_CHUNK = 512 * 1024;

/** How much of a job's bytes is kept. */
export interface Kept {
  /** Bytes without a gap from the beginning. */
  readonly bytes: number;
  /** Nothing follows. */
  readonly whole: boolean;
}

/** Writes the bytes of one job, from where they ended. One writer at a time: a second one is noticed. */
export interface ByteWriter {
  /** What was there when it was opened, and what was written since. */
  readonly kept: Kept;
  /** Returns when the bytes are on the disk. @throws StreamingError `CONTENDED` when somebody else writes too */
  write(data: Uint8Array): Promise<void>;
  /** Says that the bytes are whole. @throws StreamingError `CONTENDED` */
  finish(): Promise<void>;
}

/** Opens a job's bytes for writing behind what is kept of them. */
export async function openByteWriter(connection: NatsConnection, kind: ByteKind, job: string): Promise<ByteWriter> {
  const before = await lastOf(connection, kind, job);
  let { bytes, whole } = before;
  const log = openLogWriter(connection, kind, job, before.sequence);
  const append = async (data: Uint8Array, last: boolean): Promise<void> => {
    const message = Chunk.encode({ jobId: job, offset: bytes, data, last }).finish();
    await log.append(`${job}:${bytes}${last ? ':last' : ''}`, message);
    bytes += data.byteLength;
    whole = last;
  };
  return {
    get kept() {
      return { bytes, whole };
    },
    write: async (data) => {
      for (let at = 0; at < data.byteLength; at += LARGEST_CHUNK) {
        await append(data.subarray(at, at + LARGEST_CHUNK), false);
      }
    },
    finish: () => append(new Uint8Array(), true),
  };
}

/** How much of a job's bytes is kept. */
export async function keptBytes(connection: NatsConnection, kind: ByteKind, job: string): Promise<Kept> {
  const { bytes, whole } = await lastOf(connection, kind, job);
  return { bytes, whole };
}

export interface ReadBytesOptions {
  /** First byte that is wanted. Default 0. */
  readonly from?: number;
  /** Deletes what lies more than so many bytes behind the reader: for bytes without an end. Default: nothing is deleted. */
  readonly keep?: number;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a job from an offset on, as they were written, and as they come, until they are whole or the signal fires.
 * Survives a server that is away.
 * @throws StreamingError `LOST` when bytes between are gone, as when the job was deleted meanwhile
 */
export async function* readBytes(
  connection: NatsConnection,
  kind: ByteKind,
  job: string,
  { from = 0, keep, signal }: ReadBytesOptions,
): AsyncGenerator<Uint8Array, void> {
  // What lies before the first byte that is wanted may have been deleted.
  let next = from;
  const trim = keep === undefined ? undefined : trimmer(connection, kind, job, keep);
  for await (const entry of readLog(connection, kind, job, { signal })) {
    const { offset, data, last } = Chunk.decode(entry.data);
    if (offset > next) {
      throw new StreamingError('LOST', `Of ${kind} ${job} the bytes ${next} to ${offset} are gone.`);
    }
    const end = offset + data.byteLength;
    if (end > next) {
      const wanted = data.subarray(next - offset);
      next = end;
      yield wanted;
    }
    if (last) return;
    await trim?.(entry.sequence, end);
  }
}

/** Deletes messages that a reader has left far enough behind, many at a time. */
function trimmer(
  connection: NatsConnection,
  kind: ByteKind,
  job: string,
  keep: number,
): (sequence: number, end: number) => Promise<void> {
  const passed: { readonly sequence: number; readonly end: number }[] = [];
  let trimmed = 0;
  return async (sequence, end) => {
    passed.push({ sequence, end });
    if (end - trimmed < 2 * keep) return;
    const behind = passed.findLastIndex((message) => message.end <= end - keep);
    if (behind < 0) return;
    const last = passed.splice(0, behind + 1).at(-1)!;
    trimmed = last.end;
    await despiteAbsence(async () => {
      const manager = await jetstreamManager(connection);
      await manager.streams.purge(streamOf(kind), { filter: subjectOf(kind, job), seq: last.sequence + 1 });
    });
  };
}

async function lastOf(
  connection: NatsConnection,
  kind: ByteKind,
  job: string,
): Promise<Kept & { readonly sequence: number }> {
  const entry = await lastEntry(connection, kind, job);
  if (entry === undefined) return { bytes: 0, whole: false, sequence: 0 };
  const { offset, data, last } = Chunk.decode(entry.data);
  return { bytes: offset + data.byteLength, whole: last, sequence: entry.sequence };
}
