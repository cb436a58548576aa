import type { Readable } from 'node:stream';
import { ffmpegArguments } from './ffmpeg-command.js';
import { inputFailure } from './ffmpeg-failure.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { LastLines } from './last-lines.js';
import { MediaError } from './media-error.js';
import { safeFileInput } from './safe-input.js';
import type { IntegrityReport, MediaInfo } from './types.js';

/**
 * Reads the film's packets once, without decoding, and compares with what its index promises. A streamed source
 * cannot be read in advance and counts as whole.
 * @throws MediaError `ABORTED`, `NOT_MEDIA`, `FFMPEG_FAILED`. A truncated film is not thrown: see `requireWhole`.
 */
export async function checkIntegrity(info: MediaInfo, signal?: AbortSignal): Promise<IntegrityReport> {
  const { video } = info;
  const framesExpected =
    video.frameCount ?? (/matroska|flv|avi|asf/.test(info.container) ? video.expectedFrames : undefined);
  if (info.source.kind !== 'file') {
    return {
      framesReadable: framesExpected ?? 0,
      framesExpected,
      secondsReadable: info.duration ?? 0,
      secondsExpected: info.duration,
      errors: 0,
      truncated: false,
    };
  }
  const { ffmpeg } = await findFfmpeg();
  const args = ffmpegArguments({
    inputs: [safeFileInput(info.source.path)],
    outputs: [{ url: '-', options: ['-map', `0:${video.index}`, '-c', 'copy', '-f', 'null'] }],
    progressDescriptor: 3,
  });
  const child = new FfmpegProcess({ binary: ffmpeg, args, extraPipes: 1, signal });
  const progress = await readProgress(child.pipe(3));
  const exit = await child.ended;
  if (exit.killed || (!exit.ok && progress.frames === 0)) throw inputFailure(info.name, exit);
  const secondsReadable = progress.seconds;
  const cutOff = exit.errorLines.some((line) =>
    /partial file|ended prematurely|truncat|Packet mismatch|EOF/i.test(line),
  );
  const missing = (framesExpected ?? 0) - progress.frames;
  // An edit list leaves a few frames out of a whole film; a file that was cut lacks many, or its reader says so.
  const truncated = missing > 0 && (cutOff || missing > Math.max(8, 0.05 * (framesExpected ?? 0)));
  return {
    framesReadable: progress.frames,
    framesExpected,
    secondsReadable,
    secondsExpected: info.duration,
    errors: exit.errorCount,
    truncated,
  };
}

/** @throws MediaError `TRUNCATED` when the report says so, with how much can be read. */
export function requireWhole(info: MediaInfo, report: IntegrityReport): void {
  if (!report.truncated) return;
  const { framesReadable, framesExpected, secondsReadable, secondsExpected } = report;
  const much = `${framesReadable} of ${framesExpected ?? 'an unknown number of'} frames (${secondsReadable.toFixed(1)} s of ${secondsExpected?.toFixed(1) ?? '?'} s) can be read`;
  throw new MediaError(
    'TRUNCATED',
    `${info.name}: is cut off: ${much}. Copy it again from where it came, or take what is there with --salvage.`,
    {
      path: info.name,
      framesReadable,
      framesExpected,
      secondsReadable,
      secondsExpected,
    },
  );
}

async function readProgress(pipe: Readable): Promise<{ frames: number; seconds: number }> {
  const progress = { frames: 0, seconds: 0 };
  const lines = new LastLines(1);
  lines.onLine((line) => {
    const [key, value] = line.split('=', 2);
    if (key === 'frame') progress.frames = Number(value);
    if (key === 'out_time_us' && Number.isFinite(Number(value))) progress.seconds = Number(value) / 1e6;
  });
  pipe.setEncoding('utf8');
  pipe.on('data', (text: string) => {
    lines.push(text);
  });
  await new Promise<void>((resolve) => pipe.once('close', resolve));
  lines.end();
  return progress;
}
