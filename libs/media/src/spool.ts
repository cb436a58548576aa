import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { MediaError } from './media-error.js';
import { makeScratchFolder } from './scratch-folder.js';

export interface SpoolOptions {
  /** What messages call the film. Default `standard input`. */
  readonly name?: string;
  /** How many readers will come; a chunk is deleted when all have passed it. Default 2. */
  readonly readers?: number;
  /** Where the chunks lie. Default the system's temporary folder. */
  readonly folder?: string;
  /** Bytes a chunk. Default 4 MiB. */
  readonly chunkBytes?: number;
  /** How far the source may be read ahead of the fastest reader, in bytes. Default 16 MiB. */
  readonly aheadBytes?: number;
}

interface Chunk {
  readonly start: number;
  bytes: number;
  readonly file: FileHandle;
  readonly path: string;
}

const pieceBytes = 64 * 1024;

/**
 * Bytes that come once and are read several times, each reader at its own pace. They lie on disk in chunks that are
 * deleted when every reader has passed; the source is held back when it is too far ahead of the fastest reader, so the
 * disk use is the distance between the readers, and memory does not grow. `close()` ends it and removes the files.
 */
export class Spool {
  readonly #chunks: Chunk[] = [];
  /** Position of each reader that was asked for; -1 means done. */
  readonly #positions: number[] = [];
  #waiting: (() => void)[] = [];
  #written = 0;
  #ended = false;
  #closed = false;
  #holding = true;
  #prefixWanted = 0;
  #failure: MediaError | undefined;
  readonly #filling: Promise<void>;

  private constructor(
    private readonly source: Readable,
    private readonly folder: string,
    private readonly options: Required<Omit<SpoolOptions, 'folder'>>,
  ) {
    this.#filling = this.#fill();
  }

  static async from(source: Readable, options: SpoolOptions = {}): Promise<Spool> {
    const folder = await makeScratchFolder('spool', options.folder);
    return new Spool(source, folder, {
      name: options.name ?? 'standard input',
      readers: options.readers ?? 2,
      chunkBytes: options.chunkBytes ?? 4 * 1024 * 1024,
      aheadBytes: options.aheadBytes ?? 16 * 1024 * 1024,
    });
  }

  /** What messages call the film. */
  get name(): string {
    return this.options.name;
  }

  /** Bytes taken from the source so far. */
  get bytesWritten(): number {
    return this.#written;
  }

  /** Bytes that lie on disk now. */
  get bytesHeld(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  }

  /** True when the source has ended and all of it was taken. */
  get complete(): boolean {
    return this.#ended;
  }

  /** All bytes from the first on. Only the agreed number of readers; each can be destroyed early. */
  reader(): Readable {
    if (this.#positions.length >= this.options.readers) {
      throw new MediaError(
        'INVALID_ARGUMENT',
        `This spool was made for ${this.options.readers} readers and has them already.`,
      );
    }
    const index = this.#positions.push(0) - 1;
    return Readable.from(this.#read(index), { objectMode: false, highWaterMark: pieceBytes });
  }

  /** The first bytes, without using up a reader: waits until `length` of them came or the source ended. Only before reading starts. */
  async prefix(length: number): Promise<Buffer> {
    this.#prefixWanted = Math.max(this.#prefixWanted, length);
    this.#wake();
    while (this.#written < length && !this.#ended && !this.#closed && this.#failure === undefined) await this.#change();
    if (this.#failure !== undefined) throw this.#failure;
    const wanted = Math.min(length, this.#written);
    const answer = Buffer.alloc(wanted);
    for (let at = 0; at < wanted;) at += await this.#copy(at, answer.subarray(at));
    return answer;
  }

  /** Lets the whole source come in, however far ahead of the readers, and waits for its end. */
  async takeAll(): Promise<void> {
    this.#holding = false;
    this.#wake();
    await this.#filling;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Writes everything into one file. Only after `takeAll`. */
  async copyTo(path: string): Promise<void> {
    const target = await open(path, 'w');
    try {
      const buffer = Buffer.alloc(pieceBytes * 16);
      for (let at = 0; at < this.#written;) {
        const bytes = await this.#copy(at, buffer);
        await target.write(buffer, 0, bytes);
        at += bytes;
      }
    } catch (thrown) {
      throw MediaError.from(thrown, path);
    } finally {
      await target.close();
    }
  }

  /** Stops taking, ends the readers and removes the files. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.source.destroy();
    this.#wake();
    await this.#filling;
    for (const chunk of this.#chunks.splice(0)) await chunk.file.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A folder that is removed with the spool, for files that belong to it. */
  get scratchFolder(): string {
    return this.folder;
  }

  async #fill(): Promise<void> {
    try {
      for await (const piece of this.source as AsyncIterable<Buffer | string>) {
        if (this.#closed) break;
        await this.#append(typeof piece === 'string' ? Buffer.from(piece) : piece);
        this.#wake();
        while (this.#tooFarAhead()) await this.#change();
      }
      this.#ended = true;
    } catch (thrown) {
      if (!this.#closed) this.#failure = MediaError.from(thrown, this.options.name);
    }
    this.#wake();
  }

  #tooFarAhead(): boolean {
    if (this.#closed || !this.#holding) return false;
    // Before the first reader comes, the probe decides how much is taken in, by `prefix`.
    const fastest = Math.max(0, ...this.#positions);
    const allDone = this.#positions.length > 0 && this.#positions.every((position) => position === -1);
    return !allDone && this.#written - fastest > Math.max(this.options.aheadBytes, this.#prefixWanted);
  }

  async #append(piece: Buffer): Promise<void> {
    for (let from = 0; from < piece.length;) {
      let last = this.#chunks.at(-1);
      if (last === undefined || last.bytes >= this.options.chunkBytes) last = await this.#newChunk();
      const bytes = Math.min(piece.length - from, this.options.chunkBytes - last.bytes);
      await last.file.write(piece, from, bytes, last.bytes);
      last.bytes += bytes;
      this.#written += bytes;
      from += bytes;
    }
  }

  async #newChunk(): Promise<Chunk> {
    const path = join(this.folder, `${this.#written}.part`);
    const chunk: Chunk = { start: this.#written, bytes: 0, file: await open(path, 'w+'), path };
    this.#chunks.push(chunk);
    return chunk;
  }

  async *#read(index: number): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        if (this.#closed) return;
        if (this.#failure !== undefined) throw this.#failure;
        const at = this.#positions[index] ?? 0;
        if (at < this.#written) {
          const piece = Buffer.alloc(pieceBytes);
          const bytes = await this.#copy(at, piece);
          this.#positions[index] = at + bytes;
          await this.#drop();
          this.#wake();
          yield piece.subarray(0, bytes);
        } else if (this.#ended) return;
        else await this.#change();
      }
    } finally {
      this.#positions[index] = -1;
      await this.#drop();
      this.#wake();
    }
  }

  async #copy(at: number, into: Buffer): Promise<number> {
    const chunk = this.#chunks.find((candidate) => at >= candidate.start && at < candidate.start + candidate.bytes);
    if (chunk === undefined)
      throw new MediaError('INVALID_ARGUMENT', 'These bytes of the spool were read by all and are gone.');
    const { bytesRead } = await chunk.file.read(
      into,
      0,
      Math.min(into.length, chunk.start + chunk.bytes - at),
      at - chunk.start,
    );
    return bytesRead;
  }

  async #drop(): Promise<void> {
    if (this.#positions.length < this.options.readers) return;
    const passed = Math.min(
      ...this.#positions.map((position) => (position === -1 ? Number.POSITIVE_INFINITY : position)),
    );
    while (this.#chunks.length > 0) {
      const first = this.#chunks[0]!;
      const whole = first.bytes >= this.options.chunkBytes;
      if (!whole || first.start + first.bytes > passed) return;
      this.#chunks.shift();
      await first.file.close();
      await rm(first.path, { force: true });
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
