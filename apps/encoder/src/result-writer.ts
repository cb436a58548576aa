import { Readable } from 'node:stream';
import { LARGEST_CHUNK, openByteWriter, readBytes } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';

/** The result came out other than what has been given out already. */
export class ResultDiffers extends Error {
  override readonly name = 'ResultDiffers';
  /** What the job ends with: DATA_LOSS in gRPC's codes. */
  readonly grpcCode = 15;
}

/**
 * Writes the film as it comes out of the mux. After a crash the mux begins again from the first segment and gives the same bytes
 * once more: those that are kept are compared, and only what is new is written.
 * @param onWritten told how many bytes of the result can be read
 * @returns bytes of the whole result
 * @throws ResultDiffers; StreamingError `CONTENDED` when another encoder writes too
 */
export async function writeResult(
  connection: NatsConnection,
  job: string,
  output: AsyncIterable<Uint8Array>,
  { signal, onWritten }: { readonly signal: AbortSignal; readonly onWritten: (bytes: number) => void },
): Promise<number> {
  const writer = await openByteWriter(connection, 'result', job);
  const before = writer.kept.bytes;
  const kept = new Kept(before > 0 ? readBytes(connection, 'result', job, { signal }) : undefined);
  let at = 0;
  // What has come while the last piece was being written comes as one: each costs a round to the disk.
  const pieces = Readable.from(output, { objectMode: false, highWaterMark: LARGEST_CHUNK });
  for await (const bytes of pieces as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    const known = Math.min(bytes.byteLength, Math.max(0, before - at));
    if (known > 0 && !(await kept.next(known)).equals(bytes.subarray(0, known))) {
      signal.throwIfAborted();
      throw new ResultDiffers(`The result differs from what was given out, between bytes ${at} and ${at + known}.`);
    }
    at += bytes.byteLength;
    if (known < bytes.byteLength) await writer.write(bytes.subarray(known));
    onWritten(writer.kept.bytes);
  }
  signal.throwIfAborted();
  if (at < before) throw new ResultDiffers(`The result has ${at} bytes where ${before} were given out.`);
  await writer.finish();
  return at;
}

/** What is kept, in pieces of any length. */
class Kept {
  readonly #source: AsyncIterator<Uint8Array> | undefined;
  #piece = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array> | undefined) {
    this.#source = source?.[Symbol.asyncIterator]();
  }

  /** The next bytes; fewer when that is all. */
  async next(length: number): Promise<Buffer> {
    while (this.#piece.byteLength < length) {
      const more = await this.#source?.next();
      if (more === undefined || more.done === true) break;
      this.#piece = Buffer.concat([this.#piece, more.value]);
    }
    const answer = this.#piece.subarray(0, length);
    this.#piece = this.#piece.subarray(length);
    return answer;
  }
}
