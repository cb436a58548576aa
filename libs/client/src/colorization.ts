import type { Readable } from 'node:stream';
import type { Job, Progress } from './job.js';

/** One coloured frame as a picture, to look at while the film is still coming. */
export interface Preview {
  readonly frame: number;
  /** JPEG. */
  readonly picture: Uint8Array;
}

/** What comes back while a film is coloured, in this order: `started`, any of the three in the middle, `finished`. */
export type ColorizationPart =
  | { readonly kind: 'started'; readonly job: Job }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'preview'; readonly preview: Preview }
  /** Bytes of the coloured container, in order, at most 512 KiB. */
  | { readonly kind: 'result'; readonly bytes: Uint8Array }
  | { readonly kind: 'finished'; readonly job: Job };

/**
 * A film on its way. The call is made when it is first read, in one of three ways: as its parts, as `result()`, or by
 * `toFile()`. It is only read as fast as the reader takes it, and the source no faster than the service does: some 20 MB
 * are held at most. Ending the reading early (`break`, `destroy()`, the signal) cancels the job.
 */
export interface Colorization extends AsyncIterable<ColorizationPart> {
  /** The job as it ended; fails as the call fails, with `DATA_LOSS` for a source that was cut off, once all that could be read has come. It needs somebody who reads: by itself nothing comes. */
  readonly finished: Promise<Job>;
  /** The bytes of the coloured container. An error of the call is the stream's. */
  result(): Readable;
  /**
   * Writes the film beside this name, and gives it the name when it is whole.
   * @throws ClientError; errors of the file system as they are
   */
  toFile(path: string): Promise<Job>;
}
