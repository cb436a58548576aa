import { createReadStream } from 'node:fs';
import { SegmentEnd, SegmentPiece } from '@kinemacolor/contracts';
import { lastEntry, LARGEST_CHUNK, openLogWriter, readLog, type LogWriter } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';

/** A segment as it is kept: a file of encoded frames, and what the smoothing remembers behind it. */
export interface KeptSegment {
  readonly firstFrame: number;
  readonly frames: number;
  readonly state: Uint8Array;
}

/** A segment as it is read back: what the smoothing remembers is kept of the last one alone. */
export type ReadSegment = Omit<KeptSegment, 'state'> & { readonly state: Uint8Array | undefined };

/** Where to put the bytes of a segment while it is read back. */
export interface SegmentTarget {
  /** Bytes of the segment that is being read; from offset 0 on, all that came before is void. */
  data(bytes: Uint8Array, offset: number): Promise<void>;
  /** It is whole. One that a killed writer did not finish never gets here: it begins anew. */
  whole(segment: ReadSegment): Promise<void>;
}

/** The encoded segments of a job, on disk. */
export interface SegmentLog {
  /** @throws StreamingError `CONTENDED` when another encoder writes too: it has taken over */
  append(segment: KeptSegment & { readonly path: string }): Promise<void>;
}

/**
 * Reads back what is kept of a job's segments, and opens the log for more behind them.
 * @throws StreamingError, Error when the log is not what was written
 */
export async function openSegmentLog(
  connection: NatsConnection,
  job: string,
  target: SegmentTarget,
  signal: AbortSignal,
): Promise<SegmentLog> {
  const last = await lastEntry(connection, 'segment', job);
  // What the smoothing remembered behind segments before the last: nobody goes on from there.
  let stale = last === undefined ? [] : await readBack(connection, job, last.sequence, target, signal);
  const writer = openLogWriter(connection, 'segment', job, last?.sequence ?? 0);
  return {
    append: async ({ path, state, firstFrame, frames }) => {
      const write = segmentWriter(writer, job, firstFrame, writer.sequence);
      const dataBytes = await appendFile(write, path);
      const own: number[] = [];
      for (let at = 0; at < state.byteLength; at += LARGEST_CHUNK) {
        own.push(await write({ $case: 'state', value: state.subarray(at, at + LARGEST_CHUNK) }, at));
      }
      const value = SegmentEnd.create({ frames, dataBytes, stateBytes: state.byteLength });
      await write({ $case: 'end', value }, dataBytes);
      await writer.forget(stale);
      stale = own;
    },
  };
}

async function appendFile(log: SegmentWriter, path: string): Promise<number> {
  let bytes = 0;
  for await (const value of createReadStream(path, { highWaterMark: LARGEST_CHUNK }) as AsyncIterable<Buffer>) {
    await log({ $case: 'data', value }, bytes);
    bytes += value.byteLength;
  }
  return bytes;
}

/** Appends a piece of one segment. @returns its sequence */
type SegmentWriter = (piece: NonNullable<SegmentPiece['piece']>, offset: number) => Promise<number>;

/** @param place sequence behind which this try begins: two tries at one segment must not have the same message ids */
function segmentWriter(writer: LogWriter, jobId: string, firstFrame: number, place: number): SegmentWriter {
  return (piece, offset) => {
    const message = SegmentPiece.encode(SegmentPiece.create({ jobId, firstFrame, piece, offset })).finish();
    return writer.append(`${jobId}:${place}:${piece.$case}:${offset}`, message);
  };
}

/** @returns sequences of the states that it found, which are void behind one more segment */
async function readBack(
  connection: NatsConnection,
  job: string,
  until: number,
  target: SegmentTarget,
  signal: AbortSignal,
): Promise<number[]> {
  const states: number[] = [];
  let bytes = 0;
  let state: Uint8Array[] = [];
  let lacks: number | undefined;
  for await (const { data: message, sequence } of readLog(connection, 'segment', job, { signal })) {
    const { firstFrame, piece, offset } = SegmentPiece.decode(message);
    if (piece?.$case === 'data') {
      await target.data(piece.value, offset);
      bytes = offset + piece.value.byteLength;
      state = [];
    } else if (piece?.$case === 'state') {
      state.push(piece.value);
      states.push(sequence);
    } else if (piece?.$case === 'end') {
      const { frames, dataBytes, stateBytes } = piece.value;
      const kept = Buffer.concat(state);
      if (bytes !== dataBytes) throw new Error(`The segment of ${job} at frame ${firstFrame} is not what was written.`);
      const isThere = kept.byteLength === stateBytes;
      lacks = isThere ? undefined : firstFrame + frames;
      await target.whole({ firstFrame, frames, state: isThere ? kept : undefined });
    }
    if (sequence >= until) break;
  }
  signal.throwIfAborted();
  // An encoder that has been replaced, and does not know it yet, may have gone one segment further.
  if (lacks !== undefined) throw new Error(`What the smoothing remembers of ${job} at frame ${lacks} is not there.`);
  return states;
}
