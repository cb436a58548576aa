import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findFfmpeg } from './find-ffmpeg.js';
import { MediaError } from './media-error.js';
import type { VideoCodec } from './types.js';

const run = promisify(execFile);
const known = new Map<string, ReadonlySet<string>>();

/** ffmpeg's video encoders that serve each codec, best first. */
export const encodersOf: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ['libx264'],
  hevc: ['libx265'],
  av1: ['libsvtav1', 'libaom-av1'],
  ffv1: ['ffv1'],
  prores: ['prores_ks'],
};

/** The names of all encoders of the installed ffmpeg. @throws MediaError `FFMPEG_MISSING`, `FFMPEG_FAILED`. */
export async function listEncoders(): Promise<ReadonlySet<string>> {
  const { ffmpeg } = await findFfmpeg();
  const before = known.get(ffmpeg);
  if (before !== undefined) return before;
  const { stdout } = await run(ffmpeg, ['-hide_banner', '-encoders'], { timeout: 20_000, maxBuffer: 8 << 20 }).catch(
    (thrown: unknown) => {
      throw new MediaError(
        'FFMPEG_FAILED',
        `${ffmpeg}: does not list its encoders. Install ffmpeg again.`,
        { path: ffmpeg },
        { cause: thrown },
      );
    },
  );
  const names = new Set([...stdout.matchAll(/^ [VAS][A-Z.]{5} (\S+)/gm)].map((match) => match[1] ?? ''));
  known.set(ffmpeg, names);
  return names;
}
