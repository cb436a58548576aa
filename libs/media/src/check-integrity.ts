import { countPackets, type PacketCount } from './count-packets.js';
import { ffmpegArguments } from './ffmpeg-command.js';
import { inputFailure, wasEnded } from './ffmpeg-failure.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { MediaError } from './media-error.js';
import { safeFileInput } from './safe-input.js';
import type { IntegrityReport, LumaFrame, MediaInfo, VideoStream } from './types.js';

/** Containers that give the film's length at their beginning, so that a shorter film is one that was cut. */
const tellLength = /matroska|flv|avi|asf/;

/**
 * Reads the film's packets once, without decoding, and compares with the number that its index promises, or without
 * one with the promised time: a frame rate that varies promises no number. A streamed source cannot be read in advance
 * and counts as whole.
 * @throws MediaError `ABORTED`, `NOT_MEDIA`, `FFMPEG_FAILED`. A truncated film is not thrown: see `requireWhole`.
 */
export async function checkIntegrity(info: MediaInfo, signal?: AbortSignal): Promise<IntegrityReport> {
  const { video, duration } = info;
  if (info.source.kind !== 'file') {
    return {
      framesReadable: video.frameCount ?? 0,
      framesExpected: video.frameCount,
      secondsReadable: duration ?? 0,
      secondsExpected: duration,
      errors: 0,
      truncated: false,
    };
  }
  const { ffmpeg } = await findFfmpeg();
  const maps = ['-map', `0:${video.index}`, '-map', '0:a?', '-map', '0:s?'];
  const args = ffmpegArguments({
    inputs: [safeFileInput(info.source.path, ['-copyts'])],
    outputs: [{ url: 'pipe:1', options: [...maps, '-c', 'copy', '-f', 'framecrc'] }],
  });
  const child = new FfmpegProcess({ binary: ffmpeg, args, stdout: 'pipe', signal });
  const packets = await countPackets(child.stdout);
  const exit = await child.ended;
  if (exit.killed || wasEnded(exit) || (!exit.ok && packets.frames === 0)) throw inputFailure(info.name, exit);
  const readerSaysCut = exit.errorLines.some((line) =>
    /partial file|ended prematurely|truncat|Packet mismatch|EOF/i.test(line),
  );
  // AVI counts its ticks, also those without a picture.
  const promised = info.container === 'avi' ? undefined : video.frameCount;
  const truncated =
    promised === undefined
      ? endsEarly(info, packets, readerSaysCut)
      : lacksFrames(promised, packets.frames, readerSaysCut);
  return {
    framesReadable: packets.frames,
    framesExpected: promised ?? (truncated ? video.expectedFrames : undefined),
    secondsReadable: Math.max(0, packets.end - Math.max(0, info.startTime)),
    secondsExpected: duration,
    errors: exit.errorCount,
    truncated,
  };
}

/** An edit list leaves a few frames out of a whole film; a file that was cut lacks many, or its reader says so. */
function lacksFrames(promised: number, readable: number, readerSaysCut: boolean): boolean {
  const missing = promised - readable;
  return missing > 0 && (readerSaysCut || missing > Math.max(8, 0.05 * promised));
}

/** The picture is held against its own length, and all streams together against the container's. */
function endsEarly({ container, video, duration, startTime }: MediaInfo, packets: PacketCount, says: boolean): boolean {
  if (!tellLength.test(container)) return false;
  if (duration === undefined) return says;
  const { num, den } = video.averageFrameRate ?? { num: 25, den: 1 };
  const slack = says ? 0.01 : Math.max(0.5, (3 * den) / num);
  // Some writers count from zero, others from the first frame: either length will do.
  const lacks = (promised: number, end: number): boolean => promised - Math.max(end, end - startTime) > slack;
  return lacks(pictureSeconds(video, duration), packets.end) || lacks(duration, packets.latestEnd);
}

function pictureSeconds({ frameCount, averageFrameRate, duration: own = 0 }: VideoStream, duration: number): number {
  // AVI, whose length ffmpeg makes shorter when the file is; its count of ticks stays.
  if (frameCount !== undefined && averageFrameRate !== undefined)
    return (frameCount * averageFrameRate.den) / averageFrameRate.num;
  // A stream's tag can be a leftover of a longer film; the container's own length is not.
  return Math.min(own, duration);
}

/**
 * What `requireWhole` is for a film that has streamed by: its pictures against what its header promised.
 * @param last the last picture that was decoded
 * @throws MediaError `TRUNCATED`
 */
export function requireWholeStream(info: MediaInfo, last: Pick<LumaFrame, 'index' | 'pts'>): void {
  const { video, duration, container, startTime } = info;
  const framesReadable = last.index + 1;
  const { num, den } = video.averageFrameRate ?? { num: 25, den: 1 };
  const end = (Number(last.pts) * video.timeBase.num) / video.timeBase.den + den / num;
  const promised = container === 'avi' ? undefined : video.frameCount;
  const slack = Math.max(0.5, (3 * den) / num);
  const endsTooEarly = (): boolean =>
    duration !== undefined &&
    tellLength.test(container) &&
    pictureSeconds(video, duration) - Math.max(end, end - startTime) > slack;
  const truncated = promised === undefined ? endsTooEarly() : lacksFrames(promised, framesReadable, false);
  const secondsReadable = Math.max(0, end - Math.max(0, startTime));
  const framesExpected = promised ?? video.expectedFrames;
  requireWhole(info, {
    framesReadable,
    framesExpected,
    secondsReadable,
    secondsExpected: duration,
    errors: 0,
    truncated,
  });
}

/** @throws MediaError `TRUNCATED` when the report says so, with how much can be read. */
export function requireWhole(info: MediaInfo, report: IntegrityReport): void {
  if (!report.truncated) return;
  const { framesReadable, framesExpected, secondsReadable, secondsExpected } = report;
  const much = `${framesReadable} of ${framesExpected ?? 'an unknown number of'} frames (${secondsReadable.toFixed(1)} s of ${secondsExpected?.toFixed(1) ?? '?'} s) can be read`;
  throw new MediaError('TRUNCATED', `${info.name}: is cut off: ${much}. Copy it again from where it came.`, {
    path: info.name,
    framesReadable,
    framesExpected,
    secondsReadable,
    secondsExpected,
  });
}
