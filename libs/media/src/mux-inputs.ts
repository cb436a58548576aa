import type { ByteReader } from './byte-reader.js';
import type { CueTimes } from './cue-times.js';

/** What a film is put together from, each as ffmpeg prints it, in the container that the film will have. */
export interface MuxInputs {
  /** The picture alone, with the film's tags and chapters. */
  readonly picture: ByteReader;
  /** All other streams; `undefined` when there are none. */
  readonly rest: ByteReader | undefined;
  /** Whether the first track of `rest` is a pulse: see `pulseOptions`. */
  readonly hasPulse: boolean;
  /** When the subtitles are shown that were converted, by their number in `rest` (MP4's track). See `cueStreams`. */
  readonly cues: ReadonlyMap<number, CueTimes>;
}
