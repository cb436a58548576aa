import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isClosedPipe } from './closed-pipe.js';
import { FfmpegProcess, type FfmpegExit } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { MediaError } from './media-error.js';

export interface FfprobeRun {
  readonly args: readonly string[];
  /** Bytes for its standard input. */
  readonly stdin?: Readable;
  readonly signal?: AbortSignal | undefined;
}

const maxAnswerBytes = 256 * 1024 * 1024;

/** Runs ffprobe and gives its whole answer. Its failure is in `exit`, for the caller to name. */
export async function ffprobe(run: FfprobeRun): Promise<{ readonly stdout: string; readonly exit: FfmpegExit }> {
  const { ffprobe: binary } = await findFfmpeg();
  const child = new FfmpegProcess({
    binary,
    args: ['-hide_banner', '-loglevel', 'level+error', ...run.args],
    stdin: run.stdin === undefined ? 'ignore' : 'pipe',
    stdout: 'pipe',
    signal: run.signal,
  });
  const feeding = run.stdin === undefined ? Promise.resolve() : feed(run.stdin, child);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxAnswerBytes)
        throw new MediaError('TOO_LARGE', 'ffprobe answers with more than 256 MiB: the file is not a normal film.');
      pieces.push(piece);
    }
  } catch (thrown) {
    const exit = await child.kill();
    if (!exit.killed || thrown instanceof MediaError) throw thrown;
  }
  await feeding;
  return { stdout: Buffer.concat(pieces).toString('utf8'), exit: await child.ended };
}

/** ffprobe closes its input as soon as it knows enough: that is no failure. */
async function feed(source: Readable, child: FfmpegProcess): Promise<void> {
  try {
    await pipeline(source, child.stdin);
  } catch (thrown) {
    if (!isClosedPipe(thrown)) throw MediaError.from(thrown);
  }
}
