import { stat } from 'node:fs/promises';
import { inputFailure } from './ffmpeg-failure.js';
import { ffprobe } from './ffprobe.js';
import { MediaError } from './media-error.js';
import { mp4State } from './mp4-boxes.js';
import { checkReadable } from './check-readable.js';
import { readAnswer, type ProbeAnswer } from './probe-answer.js';
import { safeInputOptions, safeUrl } from './safe-input.js';
import { probeSpool } from './probe-spool.js';
import type { MediaInfo, MediaSource } from './types.js';

/** What is refused as too big, before anything is decoded. */
export interface MediaLimits {
  /** Upright pixels of a picture. Default 16384 × 8640. */
  readonly maxPixels: number;
  /** By the container's own word; a film that does not tell its length is let through. */
  readonly maxDurationSeconds: number;
}

export interface ProbeOptions {
  /** Bytes of a stream that are looked at first; more when they do not tell. Fewer begin a live stream sooner. Default 256 KiB. */
  readonly firstBytes?: number;
  readonly limits?: Partial<MediaLimits>;
  readonly signal?: AbortSignal;
}

const defaultLimits: MediaLimits = Object.freeze({
  maxPixels: 16_384 * 8640,
  maxDurationSeconds: Number.POSITIVE_INFINITY,
});

/** Arguments that make ffprobe tell all that `readAnswer` reads. */
export const probeQuestions: readonly string[] = ['-of', 'json', '-show_format', '-show_streams', '-show_chapters'];

/**
 * What is in a film. `source` is a path, or a `MediaSource`.
 * @throws MediaError `NOT_FOUND`, `IS_DIRECTORY`, `UNREADABLE`, `EMPTY_FILE`, `NOT_MEDIA`, `FORBIDDEN_FORMAT`,
 * `NO_VIDEO`, `TRUNCATED` (its index is missing), `DAMAGED`, `TOO_LARGE`, `FFMPEG_MISSING`, `ABORTED`.
 */
export async function probe(source: MediaSource | string, options: ProbeOptions = {}): Promise<MediaInfo> {
  const from: MediaSource = typeof source === 'string' ? { kind: 'file', path: source } : source;
  const info = from.kind === 'file' ? await probeFile(from.path, options) : await probeSpool(from.spool, options);
  return withinLimits(info, { ...defaultLimits, ...options.limits });
}

async function probeFile(path: string, options: ProbeOptions): Promise<MediaInfo> {
  const size = await regularFileSize(path);
  const { stdout, exit } = await ffprobe({
    args: [...safeInputOptions, ...probeQuestions, '-i', safeUrl(path)],
    signal: options.signal,
  });
  try {
    if (!exit.ok) throw inputFailure(path, exit);
    return readAnswer(parseAnswer(stdout, path), { source: { kind: 'file', path }, name: path, size, spooled: false });
  } catch (thrown) {
    throw await cutOrNot(path, MediaError.from(thrown, path));
  }
}

/** ffmpeg takes any file named .mp4 for one, and finds no picture in an index that is cut off: look at the file itself. */
async function cutOrNot(path: string, failure: MediaError): Promise<MediaError> {
  if (!['TRUNCATED', 'NO_VIDEO', 'NOT_MEDIA', 'DAMAGED'].includes(failure.code)) return failure;
  const state = await mp4State(path);
  const options = { cause: failure };
  if (state === 'cut') {
    const details = { path, framesReadable: 0 };
    return new MediaError(
      'TRUNCATED',
      `${path}: is cut off: its index is missing or not whole, so nothing (0 frames) of it can be read. Copy it again from where it came.`,
      details,
      options,
    );
  }
  if (failure.code !== 'TRUNCATED') return failure;
  return new MediaError(
    'NOT_MEDIA',
    `${path}: is not a film, whatever its name says. Give a video file (mp4, mkv, mov, avi, ts, webm, …).`,
    { path },
    options,
  );
}

export function parseAnswer(stdout: string, name: string): ProbeAnswer {
  try {
    return JSON.parse(stdout) as ProbeAnswer;
  } catch (thrown) {
    throw new MediaError(
      'DAMAGED',
      `${name}: ffprobe's answer cannot be read. Check that it plays elsewhere.`,
      { path: name },
      { cause: thrown },
    );
  }
}

async function regularFileSize(path: string): Promise<number> {
  const found = await stat(path).catch((thrown: unknown) => {
    throw MediaError.from(thrown, path);
  });
  if (found.isDirectory()) {
    throw new MediaError('IS_DIRECTORY', `${path}: is a folder, not a film. Name the file in it.`, { path });
  }
  if (!found.isFile()) {
    throw new MediaError('UNREADABLE', `${path}: is a device or a pipe, not a file. Use "-" to read standard input.`, {
      path,
    });
  }
  if (found.size === 0) {
    throw new MediaError('EMPTY_FILE', `${path}: is empty (0 bytes). Copy it again from where it came.`, { path });
  }
  await checkReadable(path);
  return found.size;
}

function withinLimits(info: MediaInfo, { maxPixels, maxDurationSeconds }: MediaLimits): MediaInfo {
  const { width, height } = info.video;
  const tooLarge = (what: string): MediaError =>
    new MediaError('TOO_LARGE', `${info.name}: ${what}`, { path: info.name });
  if (width * height > maxPixels)
    throw tooLarge(
      `its pictures have ${width} × ${height} pixels, more than the limit of ${maxPixels}. Make it smaller first.`,
    );
  const { duration = 0 } = info;
  if (duration > maxDurationSeconds)
    throw tooLarge(
      `lasts ${duration.toFixed(1)} s, more than the limit of ${maxDurationSeconds} s. Cut it into shorter films first.`,
    );
  return info;
}
