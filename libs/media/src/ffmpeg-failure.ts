import type { FfmpegExit } from './ffmpeg-process.js';
import { MediaError, type MediaErrorCode } from './media-error.js';

/** Formats that name other files: refused, and said so. */
const scripts =
  /\[(hls|applehttp|concat|dash|sdp|imf|webm_dash_manifest|rtsp|lavfi|image2|image2pipe)\b[^\]]*\].*(not on whitelist|not allowed)/i;

interface Pattern {
  readonly code: MediaErrorCode;
  readonly when: RegExp;
  readonly say: string | ((reason: string) => string);
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
    code: 'UNREADABLE',
    when: /Permission denied/,
    say: 'permission denied. Check its access rights.',
  },
  {
    code: 'NOT_FOUND',
    when: /No such file or directory/,
    say: 'no such file any more. Check the path.',
  },
  {
    code: 'NOT_MEDIA',
    when: /Invalid data found when processing input|not on whitelist|Invalid argument.*opening input|End of file/i,
    say: 'is not a film: ffmpeg does not know what it is. Give a video file (mp4, mkv, mov, avi, ts, webm, …).',
  },
  {
    // The last one: a damaged film may claim such a size among others.
    code: 'TOO_LARGE',
    when: /Picture size [1-9]\d*x[1-9]\d* is invalid/,
    say: (reason) => `its pictures are larger than ffmpeg reads: ${reason}. Make it smaller first.`,
  },
];

/** Sound, or another stream, whose own description of itself is wrong: the picture is our encoder's, and right. */
const damagedSound = {
  code: 'DAMAGED',
  say: (reason: string) =>
    `the source's sound cannot be taken over, it is damaged: ${reason}. Repair the sound or leave it out.`,
} as const;

const outputPatterns: readonly Pattern[] = [
  {
    code: 'DISK_FULL',
    when: /No space left on device|Disk quota exceeded/,
    say: 'no space left on the disk. Make room and try again.',
  },
  {
    code: 'OUTPUT_UNWRITABLE',
    when: /Broken pipe/,
    say: 'cannot be written: the program that reads the output closed it.',
  },
  {
    ...damagedSound,
    when: /sample rate not set|invalid extradata size|Malformed AAC bitstream|Error parsing (AAC extradata|ADTS frame header)|Neither number of channels nor channel layout specified/,
  },
  {
    code: 'INVALID_ARGUMENT',
    when: /invalid preset|Error setting preset|Value \S+ for parameter '.*' out of range|Error setting option|Unable to parse option|Valid quality based range|Error parsing option|incorrect parameters/,
    say: (reason) => `the encoder refuses a setting: ${reason}. Choose another preset, crf or size.`,
  },
  {
    code: 'OUTPUT_UNWRITABLE',
    when: /Permission denied|Operation not permitted|Read-only file system|No such file or directory|Is a directory|Not a directory|Could not open file|(write_frame|muxer|muxing|trailer|closing file|opening output|Could not write header).*Input\/output error/,
    say: 'cannot be written. Check that the folder exists and may be written to.',
  },
  {
    code: 'UNSUPPORTED',
    when: /suitable output format|Unknown encoder|Encoder .* not found|Unrecognized option|Could not find tag for codec|codec not currently supported in container/,
    say: 'this ffmpeg cannot write that. Choose another codec or container, or install a fuller ffmpeg.',
  },
  // After those that say better what is wrong.
  { ...damagedSound, when: /Could not write header.*incorrect codec parameters/ },
];

/** Why ffmpeg could not read `name`, from its last messages. */
export function inputFailure(name: string, exit: FfmpegExit): MediaError {
  return (
    early(name, exit) ??
    match(inputPatterns, name, exit.errorLines) ??
    unknownFailure(name, exit, 'Check that the film plays elsewhere.')
  );
}

/** Why ffmpeg could not make `output` from `name`: what is wrong with the output comes first. */
export function outputFailure(name: string, output: string, exit: FfmpegExit): MediaError {
  const ofOutput = exit.errorLines.filter((line) => !/opening input/i.test(line) && !line.includes(`${name}: `));
  return (
    early(name, exit) ??
    match(outputPatterns, output, ofOutput) ??
    match(inputPatterns, name, exit.errorLines) ??
    unknownFailure(output, exit, 'Try another codec, other options or another place.')
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
  if (exit.killed) return new MediaError('ABORTED', `${name}: stopped on request.`, { path: name });
  if (!wasEnded(exit)) return undefined;
  return unknownFailure(name, exit, 'If not the film but somebody else or a lack of memory has ended it, try again.');
}

/**
 * Whether somebody else has ended ffmpeg: what it had said until then is not why. A film that makes it crash looks the same.
 */
export const wasEnded = ({ killed, signal, code, errorLines }: FfmpegExit): boolean =>
  !killed &&
  (signal !== null ||
    // How ffmpeg ends at a signal that it understands. It is also what the system's refusal of a right becomes.
    (code === 255 && !errorLines.some((line) => line.includes('Operation not permitted'))));

function match(patterns: readonly Pattern[], name: string, lines: readonly string[]): MediaError | undefined {
  const found = patterns.find(({ when }) => lines.some((line) => when.test(line)));
  if (found === undefined) return undefined;
  const reason = plain(lines.find((line) => found.when.test(line)) ?? '');
  const said = typeof found.say === 'string' ? found.say : found.say(reason);
  return new MediaError(found.code, `${name}: ${said}`, { path: name, stderr: lines.join('\n') });
}

/** A message without the addresses and levels before it, and without its full stop. */
function plain(line: string): string {
  return line.replace(/^(x26[45] )?(\[[^\]]*\]:? ?)+/, '').replace(/\.$/, '');
}

function unknownFailure(name: string, exit: FfmpegExit, cure: string): MediaError {
  const stderr = exit.errorLines.join('\n');
  const how = wasEnded(exit) ? `by ${exit.signal ?? 'a signal'}` : `with exit code ${exit.code ?? 'unknown'}`;
  const last = exit.errorLines.map(plain).findLast((line) => line !== '') ?? 'it said nothing';
  return new MediaError('FFMPEG_FAILED', `${name}: ffmpeg ended ${how}: ${last}. ${cure}`, { path: name, stderr });
}
