import type { FfmpegExit } from './ffmpeg-process.js';
import { MediaError, type MediaErrorCode } from './media-error.js';

/** Formats that name other files: refused, and said so. */
const scripts =
  /\[(hls|applehttp|concat|dash|sdp|imf|webm_dash_manifest|rtsp|lavfi|image2|image2pipe)\b[^\]]*\].*(not on whitelist|not allowed)/i;

interface Pattern {
  readonly code: MediaErrorCode;
  readonly when: RegExp;
  readonly say: string;
}

const inputPatterns: readonly Pattern[] = [
  {
    code: 'FORBIDDEN_FORMAT',
    when: scripts,
    say: 'is a playlist or script that makes ffmpeg open other files. Give the film itself.',
  },
  {
    code: 'TRUNCATED',
    when: /moov atom not found/,
    say: 'is cut off: the index at the end of the file is missing, so nothing of it can be read. Copy it again from where it came.',
  },
  {
    code: 'NOT_MEDIA',
    when: /Invalid data found when processing input|not on whitelist|Invalid argument.*opening input|End of file/i,
    say: 'is not a film: ffmpeg does not know what it is. Give a video file (mp4, mkv, mov, avi, ts, webm, …).',
  },
];

const outputPatterns: readonly Pattern[] = [
  {
    code: 'DISK_FULL',
    when: /No space left on device|Disk quota exceeded/,
    say: 'no space left on the disk. Make room and try again.',
  },
  {
    code: 'OUTPUT_UNWRITABLE',
    when: /Permission denied|Read-only file system|No such file or directory|Is a directory|Not a directory/,
    say: 'cannot be written. Check that the folder exists and may be written to.',
  },
  {
    code: 'UNSUPPORTED',
    when: /Unknown encoder|Encoder .* not found|Unrecognized option|Could not find tag for codec|codec not currently supported in container/,
    say: 'this ffmpeg cannot write that. Choose another codec or container, or install a fuller ffmpeg.',
  },
];

/** Why ffmpeg could not read `name`, from its last messages. */
export function inputFailure(name: string, exit: FfmpegExit): MediaError {
  return early(name, exit) ?? match(inputPatterns, name, exit) ?? unknownFailure(name, exit);
}

/** Why ffmpeg could not make `output` from `name`: what is wrong with the output comes first. */
export function outputFailure(name: string, output: string, exit: FfmpegExit): MediaError {
  return (
    early(name, exit) ??
    match(outputPatterns, output, exit) ??
    match(inputPatterns, name, exit) ??
    unknownFailure(name, exit)
  );
}

function early(name: string, exit: FfmpegExit): MediaError | undefined {
  if (exit.startError !== undefined) {
    return new MediaError(
      'FFMPEG_MISSING',
      `ffmpeg could not be started: ${exit.startError.message}. Run \`npm run setup\`.`,
      {},
      { cause: exit.startError },
    );
  }
  return exit.killed ? new MediaError('ABORTED', `${name}: stopped on request.`, { path: name }) : undefined;
}

function match(patterns: readonly Pattern[], name: string, exit: FfmpegExit): MediaError | undefined {
  const text = exit.errorLines.join('\n');
  const found = patterns.find((pattern) => pattern.when.test(text));
  return found && new MediaError(found.code, `${name}: ${found.say}`, { path: name, stderr: text });
}

function unknownFailure(name: string, exit: FfmpegExit): MediaError {
  const stderr = exit.errorLines.join('\n');
  const how = exit.signal === null ? `with exit code ${exit.code ?? 'unknown'}` : `by ${exit.signal}`;
  const last =
    exit.errorLines.map((line) => line.replace(/^(\[[^\]]*\] ?)+/, '')).findLast((line) => line !== '') ??
    'it said nothing';
  return new MediaError(
    'FFMPEG_FAILED',
    `${name}: ffmpeg ended ${how}: ${last}. Check that the film plays elsewhere.`,
    { path: name, stderr },
  );
}
