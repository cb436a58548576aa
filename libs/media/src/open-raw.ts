import { ffmpegArguments } from './ffmpeg-command.js';
import { inputFailure, wasEnded } from './ffmpeg-failure.js';
import { FfmpegProcess, type FfmpegExit } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { FrameTags } from './frame-tags.js';
import { inputOf } from './input-of.js';
import { MediaError } from './media-error.js';
import type { MediaInfo } from './types.js';

export interface RawOptions {
  /** The film's pictures go through these; the last one fixes size and pixel format. */
  readonly filters: readonly string[];
  /** Bytes of one picture after the filters. */
  readonly frameBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RawFrame {
  /** Time in the ticks of the last filter. */
  readonly pts: bigint;
  /** What the filters say of this picture, such as `lavfi.cropdetect.x1`. */
  readonly tags: ReadonlyMap<string, string>;
  /** Its own memory: it may be kept or given away. */
  readonly data: Uint8Array;
}

/**
 * Runs a film through filters and gives the pictures that come out, in order, a few ahead of the consumer (as much as
 * the pipes hold). A consumer that stops stops ffmpeg. Damaged pictures are given as the decoder mends them.
 * @returns the number of errors that the decoder told
 * @throws MediaError `INVALID_ARGUMENT` for a stream, `DAMAGED`, `NOT_MEDIA`, `FFMPEG_MISSING`, `FFMPEG_FAILED`, `ABORTED`
 */
export async function* openRaw(info: MediaInfo, options: RawOptions): AsyncGenerator<RawFrame, number, undefined> {
  if (info.source.kind !== 'file') {
    throw new MediaError('INVALID_ARGUMENT', 'A stream passes once, and this reads it twice. Save it as a file first.');
  }
  const { ffmpeg } = await findFfmpeg();
  // The metadata filter prints only pictures that carry metadata; the key that is added last closes each one's list.
  const tell = [`metadata=mode=add:key=${FrameTags.last}:value=1`, `metadata=mode=print:file='pipe\\:3':direct=1`];
  const args = ffmpegArguments({
    // One graph for the whole film: made anew for pictures of another size, it would count its frames from 0 again.
    inputs: [inputOf(info.source, ['-reinit_filter', '0', '-copyts', '-max_error_rate', '1'])],
    filterGraph: `[0:${info.video.index}]${[...options.filters, ...tell].join(',')}[raw]`,
    outputs: [{ url: 'pipe:1', options: ['-map', '[raw]', '-fps_mode', 'passthrough', '-f', 'rawvideo'] }],
  });
  const { signal } = options;
  const child = new FfmpegProcess({ binary: ffmpeg, args, stdout: 'pipe', extraPipes: 1, signal });
  let frames = 0;
  try {
    const tags = new FrameTags(child.pipe(3));
    for await (const data of pictures(child, options.frameBytes, info.name)) {
      const told = await tags.next();
      if (told === undefined) break;
      frames += 1;
      yield { ...told, data };
    }
    const exit = await child.ended;
    if (!exit.ok) throw failure(info, frames, exit);
    return child.errorCount;
  } finally {
    await child.kill();
  }
}

/** Cuts ffmpeg's output into pictures. A torn pipe ends it in silence, since ffmpeg's exit says why. */
async function* pictures(child: FfmpegProcess, frameBytes: number, name: string): AsyncGenerator<Uint8Array> {
  let frame = new Uint8Array(frameBytes);
  let filled = 0;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length;) {
        const bytes = Math.min(chunk.length - at, frameBytes - filled);
        frame.set(chunk.subarray(at, at + bytes), filled);
        filled += bytes;
        at += bytes;
        if (filled < frameBytes) continue;
        yield frame;
        frame = new Uint8Array(frameBytes);
        filled = 0;
      }
    }
  } catch (thrown) {
    const exit = await child.kill();
    if (!exit.killed && !wasEnded(exit)) throw MediaError.from(thrown, name);
  }
}

/** What broke after pictures had come is damage, whatever ffmpeg calls it, unless it was ended. */
function failure(info: MediaInfo, framesReadable: number, exit: FfmpegExit): MediaError {
  const cause = inputFailure(info.name, exit);
  if (framesReadable === 0 || exit.killed || wasEnded(exit)) return cause;
  const message = `${info.name}: broke off while it was read. Check that it plays elsewhere.`;
  return new MediaError('DAMAGED', message, { ...cause.details, framesReadable }, { cause });
}
