import { countPackets } from './count-packets.js';
import { ffmpegArguments } from './ffmpeg-command.js';
import { inputFailure } from './ffmpeg-failure.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
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
    inputs: [safeFileInput(info.source.path, ['-copyts'])],
    outputs: [{ url: 'pipe:1', options: ['-map', `0:${video.index}`, '-c', 'copy', '-f', 'framecrc'] }],
  });
  const child = new FfmpegProcess({ binary: ffmpeg, args, stdout: 'pipe', signal });
  const packets = await countPackets(child.stdout);
  const exit = await child.ended;
  if (exit.killed || (!exit.ok && packets.frames === 0)) throw inputFailure(info.name, exit);
  const secondsReadable = Math.max(0, packets.end - Math.max(0, info.startTime));
  const cutOff = exit.errorLines.some((line) =>
    /partial file|ended prematurely|truncat|Packet mismatch|EOF/i.test(line),
  );
  const missing = (framesExpected ?? 0) - packets.frames;
  // An edit list leaves a few frames out of a whole film; a file that was cut lacks many, or its reader says so.
  const truncated = missing > 0 && (cutOff || missing > Math.max(8, 0.05 * (framesExpected ?? 0)));
  return {
    framesReadable: packets.frames,
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
