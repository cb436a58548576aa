import type { Readable } from 'node:stream';
import { isClosedPipe } from './closed-pipe.js';

/** Takes exact numbers of bytes from a stream, a few chunks ahead at most. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /**
   * Reads what a child process prints. A pipe torn by its end counts as the end.
   * @param checkEnd called at the end, before that is believed; throws where the child broke off
   */
  static ofPipe(pipe: Readable, checkEnd: () => Promise<void> = believe): ByteReader {
    // Node throws away what nobody reads when a child exits; a listener keeps it until it is asked for.
    pipe.on('readable', keepUntilRead);
    return new ByteReader(untilTorn(pipe, checkEnd));
  }

  /** Bytes given out so far. */
  get position(): number {
    return this.#position;
  }

  /** The next `length` bytes; fewer when the stream ends before. Valid until kept: it may share memory with others. */
  async take(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const piece = await this.some(missing);
      if (piece.length === 0) break;
      pieces.push(piece);
      missing -= piece.length;
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return true;
      this.#rest = next.value;
    }
    return false;
  }

  /** What is there of the next `most` bytes, at least one; none at the end. */
  async some(most: number): Promise<Buffer> {
    if (await this.atEnd()) return this.#rest;
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    this.#position += piece.length;
    return piece;
  }
}

const believe = (): Promise<void> => Promise.resolve();

async function* untilTorn(pipe: Readable, checkEnd: () => Promise<void>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* pipe as AsyncIterable<Buffer>;
  } catch (thrown) {
    if (!isClosedPipe(thrown)) throw thrown;
  }
  await checkEnd();
}

function keepUntilRead(): void {
  // Being there is enough.
}
