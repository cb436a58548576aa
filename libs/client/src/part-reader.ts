import { Readable } from 'node:stream';
import type { ColorizationPart } from './colorization.js';

/** The bytes among the parts as a Node stream. Destroying it ends the reading, also while a part is awaited. */
export function partReader(parts: AsyncIterator<ColorizationPart, void, undefined>): Readable {
  return new Readable({
    // Nothing is read ahead: an error would overtake the bytes that wait here.
    highWaterMark: 0,
    // Node's own way would wait for a part that is under way before it let go.
    read(): void {
      nextBytes(parts).then(
        (bytes) => {
          this.push(bytes ?? null);
        },
        (error: unknown) => {
          this.destroy(error as Error);
        },
      );
    },
    destroy(error, callback): void {
      const done = (): void => {
        callback(error);
      };
      // The reader is gone: how the call ended is no news to it.
      (parts.return?.() ?? Promise.resolve()).then(done, done);
    },
  });
}

async function nextBytes(parts: AsyncIterator<ColorizationPart, void, undefined>): Promise<Uint8Array | undefined> {
  for (;;) {
    const { done, value } = await parts.next();
    if (done === true) return undefined;
    if (value.kind === 'result' && value.bytes.length > 0) return value.bytes;
  }
}
