import { basename, dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ffmpegArguments } from './ffmpeg-command.js';
import { outputFailure } from './ffmpeg-failure.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { isClosedPipe } from './closed-pipe.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { MediaError } from './media-error.js';
import { inspectPart } from './part.js';
import { safeInputOptions, safeUrl } from './safe-input.js';
import { planStreams, streamOptions } from './stream-plan.js';
import type { MediaInfo, PartInfo, StreamPlan, TargetContainer } from './types.js';
import { sourceRange } from './source-range.js';
import { trackTimescale } from './track-timescale.js';

export interface JoinOptions {
  /** Paths of the parts, in order, without gaps. */
  readonly parts: readonly string[];
  /** The source film, a file: sound, subtitles, attachments, chapters and tags come from it. */
  readonly source: MediaInfo;
  /** Where to write. It is written to directly, so give a temporary name and rename it. */
  readonly output: string;
  readonly container: TargetContainer;
  readonly signal?: AbortSignal;
}

export interface JoinResult {
  /** What happened to each stream beside the picture. */
  readonly plans: readonly StreamPlan[];
  /** CPU seconds of ffmpeg, user and system. */
  readonly cpuSeconds: number;
}

/**
 * Joins the coloured parts and everything else of the source into one film, all copied, with the source's times from
 * its start on. Gives what happened to each other stream.
 * @throws MediaError `FRAME_MISMATCH` for parts with a gap, `DISK_FULL`, `OUTPUT_UNWRITABLE`, `UNSUPPORTED`, `ABORTED`.
 */
export async function joinFilm(options: JoinOptions): Promise<JoinResult> {
  const { source, output, container, signal } = options;
  if (source.source.kind !== 'file')
    throw new MediaError('INVALID_ARGUMENT', `${source.name}: a streamed film cannot be joined; write it as a stream.`);
  const parts = await Promise.all(options.parts.map(inspectPart));
  const first = checkParts(parts);
  const folder = folderOf(parts);
  const plans = planStreams(source, container);
  const shift = seconds(first.startPts, first) - source.startTime;
  const { ffmpeg } = await findFfmpeg();
  const args = ffmpegArguments({
    inputs: [
      // The script names our own parts only.
      {
        url: 'pipe:0',
        options: ['-protocol_whitelist', 'file,pipe', '-itsoffset', shift.toFixed(6), '-f', 'concat', '-safe', '0'],
      },
      {
        url: safeUrl(resolve(source.source.path)),
        options: [...safeInputOptions, '-itsoffset', (-source.startTime).toFixed(6)],
      },
    ],
    outputs: [{ url: safeUrl(resolve(output)), options: filmOptions(options, plans, first) }],
  });
  const child = new FfmpegProcess({ binary: ffmpeg, args: ['-copyts', ...args], cwd: folder, stdin: 'pipe', signal });
  try {
    await pipeline(Readable.from([concatScript(parts)]), child.stdin);
  } catch (thrown) {
    if (!isClosedPipe(thrown)) throw MediaError.from(thrown);
  }
  const exit = await child.ended;
  if (!exit.ok) throw outputFailure(source.name, output, exit);
  return { plans, cpuSeconds: exit.cpuSeconds };
}

function checkParts(parts: readonly PartInfo[]): PartInfo {
  const [first] = parts;
  if (first === undefined) throw new MediaError('INVALID_ARGUMENT', 'There are no parts to join.');
  let next = first.startFrame;
  for (const part of parts) {
    if (part.frames === 0 || part.startFrame !== next) {
      throw new MediaError(
        'FRAME_MISMATCH',
        `${part.path}: begins at frame ${part.startFrame} with ${part.frames} frames, where frame ${next} was due.`,
        { path: part.path },
      );
    }
    next += part.frames;
  }
  return first;
}

/** The script names the parts without their folder, whose name may hold what no script can: the end of a line. */
function folderOf(parts: readonly PartInfo[]): string {
  const folders = new Set(parts.map(({ path }) => dirname(resolve(path))));
  const [folder = '.'] = folders;
  const odd = parts.find(({ path }) => /[\r\n]/.test(basename(path)));
  if (folders.size === 1 && odd === undefined) return folder;
  throw new MediaError('INVALID_ARGUMENT', 'The parts must lie in one folder, under names of one line.');
}

/** Durations are differences of rounded absolute times, so that rounding to microseconds never adds up. */
function concatScript(parts: readonly PartInfo[]): string {
  const lines = parts.flatMap((part, place) => {
    const next = parts[place + 1];
    const duration = next === undefined ? [] : [`duration ${((micros(next) - micros(part)) / 1e6).toFixed(6)}`];
    return [`file 'file:${basename(part.path).replaceAll("'", String.raw`'\''`)}'`, ...duration];
  });
  return ['ffconcat version 1.0', ...lines, ''].join('\n');
}

function seconds(pts: bigint, { timeBase }: PartInfo): number {
  return (Number(pts) * timeBase.num) / timeBase.den;
}

function micros(part: PartInfo): number {
  return Math.round(seconds(part.startPts, part) * 1e6);
}

const formats: Readonly<Record<TargetContainer, string>> = {
  mp4: 'mp4',
  mov: 'mov',
  matroska: 'matroska',
  webm: 'webm',
  avi: 'avi',
  mpegts: 'mpegts',
};

function filmOptions(
  { source, container }: JoinOptions,
  plans: readonly StreamPlan[],
  { timeBase }: PartInfo,
): string[] {
  const isMp4 = container === 'mp4' || container === 'mov';
  const timescale = trackTimescale(timeBase);
  // Edit lists, which hold the streams' offsets, count in the movie's time scale: a coarse one would move the sound.
  const movieTimescale = timescale * Math.max(1, Math.ceil(90_000 / timescale));
  const fineEdits = ['-movie_timescale', String(movieTimescale)];
  return [
    '-map',
    '0:v:0',
    '-c:0',
    'copy',
    ...streamOptions(plans, source, container, 1),
    '-map_metadata',
    '1',
    '-map_metadata:s:v:0',
    `1:s:${source.video.index}`,
    '-map_chapters',
    '1',
    '-disposition:v:0',
    'default',
    // A part is QuickTime, which has no place for the range of FFV1: it is said again here.
    ...(isFullRange(source) ? ['-color_range:v:0', 'pc'] : []),
    '-max_muxing_queue_size',
    '4096',
    '-strict',
    '-2',
    ...(isMp4 ? ['-movflags', '+faststart', '-video_track_timescale', String(timescale), ...fineEdits] : []),
    '-f',
    formats[container],
  ];
}

const isFullRange = ({ video }: MediaInfo): boolean => !video.pixelFormat.isRgb && sourceRange(video) === 'full';
