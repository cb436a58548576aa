import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { ClientError } from './client-error.js';

/** Where bytes come from: a Node or web stream, anything to iterate, or bytes that are already there. */
export type ByteSource = Readable | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Uint8Array;

/** Most bytes of one message. */
const PIECE = 512 * 1024;

export interface OpenSource {
  /** Its bytes in order, at most 512 KiB each, read only as they are asked for. To be called once. */
  bytes(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Closes it, also while it is being waited for. */
  stop(): void;
}

/** Takes a source over: it is closed in the end, whether it was read to its end or not. */
export function openSource(source: ByteSource): OpenSource {
  if (source instanceof Uint8Array) return { bytes: () => cut([source]), stop: () => undefined };
  let stopped = false;
  const stream = source instanceof ReadableStream ? Readable.fromWeb(source) : source;
  // An error before the first read is met by that read; one after the last is nobody's any more.
  if (stream instanceof Readable) stream.on('error', () => undefined);
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<unknown>;
  return {
    bytes: async function* () {
      yield* cut({ [Symbol.asyncIterator]: () => iterator });
      // A source that is closed on the way must not look like one that is at its end: the film would be cut short.
      if (stopped) throw new ClientError('CANCELLED', 'The source was closed before its end.');
    },
    stop: () => {
      stopped = true;
      if (stream instanceof Readable) {
        stream.destroy();
      } else {
        // The call that read it has its outcome: how its source closes changes nothing.
        void Promise.resolve(iterator.return?.()).catch(() => undefined);
      }
    },
  };
}

async function* cut(source: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`The source gives ${typeof chunk}s, not bytes.`);
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
  }
}
