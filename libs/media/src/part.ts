import { open } from 'node:fs/promises';
import { ffmpegArguments } from './ffmpeg-command.js';
import { inputFailure, outputFailure, wasEnded } from './ffmpeg-failure.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { ffprobe } from './ffprobe.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { MediaError } from './media-error.js';
import { readBoxHeader } from './mp4-boxes.js';
import { readPartComment } from './part-comment.js';
import { safeFileInput, safeInputOptions, safeUrl } from './safe-input.js';
import { trackTimescale } from './track-timescale.js';
import type { PartInfo } from './types.js';

interface PartAnswer {
  readonly format?: { readonly tags?: Readonly<Record<string, string>> };
  readonly streams?: readonly { readonly time_base?: string; readonly codec_name?: string }[];
  readonly packets?: readonly { readonly pos?: string; readonly size?: string; readonly flags?: string }[];
}

/**
 * What a part holds, also when the encoder was killed in the middle of it: only whole fragments count.
 * @throws MediaError `NOT_FOUND`, `FFMPEG_FAILED`, `DAMAGED` when it is no part or does not even hold its header.
 */
export async function inspectPart(path: string): Promise<PartInfo> {
  const wholeBytes = await endOfLastFragment(path);
  const { stdout, exit } = await ffprobe({
    args: [
      ...safeInputOptions,
      '-of',
      'json',
      '-show_entries',
      'format_tags=comment:stream=time_base:packet=pos,size,flags',
      '-i',
      safeUrl(path),
    ],
  });
  if (wasEnded(exit)) throw inputFailure(path, exit);
  if (!exit.ok && stdout.trim() === '') throw damaged(path, inputFailure(path, exit));
  const answer = parse(stdout, path);
  const place = readPartComment(answer.format?.tags?.['comment']);
  if (place === undefined) throw damaged(path);
  const keyFrames: number[] = [];
  let frames = 0;
  for (const packet of answer.packets ?? []) {
    if (Number(packet.pos ?? 0) + Number(packet.size ?? 0) > wholeBytes) break;
    if (packet.flags?.startsWith('K') === true) keyFrames.push(frames);
    frames += 1;
  }
  return Object.freeze({ path, ...place, frames, keyFrames: Object.freeze(keyFrames) });
}

/**
 * Copies the first `frames` packets of a part into a new part. With `frames` at one of its key frames (or its end),
 * those are its first `frames` pictures; elsewhere the cut would tear a group of pictures and is refused.
 * @throws MediaError `INVALID_ARGUMENT`, `DISK_FULL`, `OUTPUT_UNWRITABLE`, `FFMPEG_FAILED`.
 */
export async function trimPart(path: string, frames: number, output: string): Promise<void> {
  const part = await inspectPart(path);
  if (frames < 1 || (frames !== part.frames && !part.keyFrames.includes(frames))) {
    throw new MediaError(
      'INVALID_ARGUMENT',
      `${path}: cannot be cut after ${frames} of ${part.frames} frames; only where a key frame follows.`,
      { path },
    );
  }
  const { ffmpeg } = await findFfmpeg();
  const args = ffmpegArguments({
    inputs: [safeFileInput(path, ['-copyts'])],
    outputs: [
      {
        url: safeUrl(output),
        options: [
          '-map',
          '0:v:0',
          '-c',
          'copy',
          '-frames:v',
          String(frames),
          // Else QuickTime chooses a finer scale, and parts of two scales do not join.
          '-video_track_timescale',
          String(trackTimescale(part.timeBase)),
          '-movflags',
          '+frag_keyframe+empty_moov+default_base_moof',
          '-f',
          (await isAv1(path)) ? 'mp4' : 'mov',
        ],
      },
    ],
  });
  const exit = await new FfmpegProcess({ binary: ffmpeg, args }).ended;
  if (!exit.ok) throw outputFailure(path, output, exit);
}

async function isAv1(path: string): Promise<boolean> {
  const { stdout } = await ffprobe({
    args: [...safeInputOptions, '-of', 'json', '-show_entries', 'stream=codec_name', '-i', safeUrl(path)],
  });
  return parse(stdout, path).streams?.[0]?.codec_name === 'av1';
}

/** Offset behind the last `mdat` that the file holds whole. */
async function endOfLastFragment(path: string): Promise<number> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    throw MediaError.from(thrown, path);
  });
  try {
    const { size } = await file.stat();
    const header = Buffer.alloc(16);
    let end = 0;
    for (let at = 0; at + 8 <= size;) {
      const { bytesRead } = await file.read(header, 0, 16, at);
      const box = readBoxHeader(header.subarray(0, bytesRead), at);
      if (box === undefined || at + box.size > size) break;
      at += box.size;
      if (box.type === 'mdat') end = at;
    }
    return end;
  } finally {
    await file.close();
  }
}

function parse(stdout: string, path: string): PartAnswer {
  try {
    return JSON.parse(stdout) as PartAnswer;
  } catch (thrown) {
    throw damaged(path, thrown);
  }
}

function damaged(path: string, cause?: unknown): MediaError {
  return new MediaError(
    'DAMAGED',
    `${path}: is not a part of a film, or broke before its first frame. Delete it and start again.`,
    { path },
    { cause },
  );
}
