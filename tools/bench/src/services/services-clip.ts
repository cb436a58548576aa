import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { findFfmpeg } from '@kinemacolor/media';
import { filmClip, type FilmClip } from '../film/film-clip.js';
import { WORK } from '../paths.js';
import { runCommand } from '../run-command.js';

const SIZE = { width: 1280, height: 720 } as const;

/** The film that was named, or one of 720p that is made once. */
export async function servicesClip(named: string | undefined, frames: number): Promise<FilmClip> {
  if (named !== undefined) return { path: path.resolve(named), source: path.basename(named) };
  const { ffmpeg } = await findFfmpeg();
  return filmClip({ ffmpeg, ...SIZE, frames });
}

/** The same film twice, one after the other, not encoded anew. */
export async function twice(film: string): Promise<string> {
  const { ffmpeg } = await findFfmpeg();
  const file = path.join(WORK, 'services-twice.mkv');
  const args = ['-v', 'error', '-nostdin', '-y', '-stream_loop', '1', '-i', film, '-map', '0:v:0', '-c', 'copy', file];
  await runCommand('ffmpeg', ffmpeg, args);
  return file;
}

/** A film that costs next to nothing to decode and to encode, made once: whatever is measured with it is elsewhere. */
export async function lightClip({
  width,
  height,
  frames,
}: {
  width: number;
  height: number;
  frames: number;
}): Promise<string> {
  const { ffmpeg } = await findFfmpeg();
  const file = path.join(WORK, `services-light-${width}x${height}-${frames}.mkv`);
  if (existsSync(file)) return file;
  await mkdir(WORK, { recursive: true });
  const partial = file.replace(/\.mkv$/, '.partial.mkv');
  const draw = ['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=25`, '-frames:v', String(frames)];
  const encode = ['-vf', 'format=gray,format=yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast'];
  await runCommand('ffmpeg', ffmpeg, ['-v', 'error', '-nostdin', '-y', ...draw, ...encode, partial]);
  await rename(partial, file);
  return file;
}
