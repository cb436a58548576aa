import { Readable } from 'node:stream';
import { probe, type MediaLimits } from './probe.js';
import { Spool } from './spool.js';
import type { MediaInfo } from './types.js';

export interface FilmStreamOptions {
  /** What messages call the film. */
  readonly name: string;
  /** How many will read it: see `SpoolOptions`. */
  readonly readers: number;
  readonly limits?: Partial<MediaLimits>;
  /** See `ProbeOptions`. */
  readonly firstBytes?: number | undefined;
  /** Stops the probing. */
  readonly signal: AbortSignal;
}

/** A film whose bytes come once. */
export interface FilmStream {
  readonly info: MediaInfo;
  /** Ends the bytes, and removes what was kept of them on disk. */
  close(): Promise<void>;
}

/** Opens a film from its bytes, which are kept on disk until each reader has passed. @throws MediaError as `probe` does */
export async function openFilmStream(
  bytes: AsyncIterable<Uint8Array>,
  { name, readers, limits, firstBytes, signal }: FilmStreamOptions,
): Promise<FilmStream> {
  const spool = await Spool.from(Readable.from(bytes, { objectMode: false }), { readers, name });
  try {
    const options = {
      signal,
      ...(limits === undefined ? {} : { limits }),
      ...(firstBytes === undefined ? {} : { firstBytes }),
    };
    return { info: await probe({ kind: 'stream', spool }, options), close: () => spool.close() };
  } catch (error) {
    await spool.close();
    throw error;
  }
}
