import { pipeline } from 'node:stream/promises';
import type { CommandInput } from './ffmpeg-command.js';
import type { FfmpegProcess } from './ffmpeg-process.js';
import { isClosedPipe } from './closed-pipe.js';
import { MediaError } from './media-error.js';
import { safeFileInput, safePipeInput } from './safe-input.js';
import type { MediaSource } from './types.js';

/** How ffmpeg is told to read a source. */
export function inputOf(source: MediaSource, options: readonly string[]): CommandInput {
  if (source.kind === 'file') return safeFileInput(source.path, options);
  const { analyzeMs } = source;
  return safePipeInput([
    ...options,
    ...(analyzeMs === undefined ? [] : ['-analyzeduration', String(analyzeMs * 1000)]),
  ]);
}

/** Brings a streamed source into ffmpeg's standard input; a file needs nothing. Resolves when ffmpeg has all it wants. */
export async function feedSource(source: MediaSource, child: FfmpegProcess): Promise<void> {
  if (source.kind === 'file') return;
  try {
    await pipeline(source.spool.reader(), child.stdin);
  } catch (thrown) {
    // ffmpeg ended first; why is told by its exit.
    if (!isClosedPipe(thrown)) throw MediaError.from(thrown);
  }
}
