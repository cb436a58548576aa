import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { realClip, WORK } from '../paths.js';
import { runCommand } from '../run-command.js';

export interface FilmClip {
  readonly path: string;
  /** What it was made of. */
  readonly source: string;
}

export interface FilmClipOptions {
  readonly ffmpeg: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

const RATE = 24;

/**
 * A black-and-white film of exactly so many frames, H.264 in MP4, made once and kept: half from each of two real clips,
 * scaled and looped, where they are there; else what ffmpeg draws by itself, with grain.
 */
export async function filmClip(options: FilmClipOptions): Promise<FilmClip> {
  const { ffmpeg, width, height, frames } = options;
  const [bikes, cockatoo] = [realClip('bikes.mp4'), realClip('cockatoo.mp4')];
  const real = bikes !== undefined && cockatoo !== undefined;
  const file = path.join(WORK, `film-${real ? 'real' : 'drawn'}-${width}x${height}-${frames}.mp4`);
  const source = real ? 'bikes and cockatoo, scaled and looped' : 'drawn by ffmpeg, with grain';
  if (existsSync(file)) return { path: file, source };

  await mkdir(WORK, { recursive: true });
  const input = real ? looped([bikes, cockatoo], options) : drawn(options);
  const encode = [
    '-map',
    '[film]',
    '-frames:v',
    String(frames),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '18',
  ];
  const partial = file.replace(/\.mp4$/, '.partial.mp4');
  await runCommand('ffmpeg', ffmpeg, ['-v', 'error', '-nostdin', '-y', ...input, ...encode, '-an', partial]);
  await rename(partial, file);
  return { path: file, source };
}

function looped([first, second]: readonly [string, string], { width, height, frames }: FilmClipOptions): string[] {
  const half = Math.ceil(frames / 2);
  const part = (input: number, count: number): string =>
    `[${input}:v]scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height},setsar=1,` +
    `format=gray,format=yuv420p,setpts=N/${RATE}/TB,fps=${RATE},trim=end_frame=${count}[part${input}]`;
  const graph = `${part(0, half)};${part(1, frames - half)};[part0][part1]concat=n=2:v=1:a=0[film]`;
  return ['-stream_loop', '-1', '-i', first, '-stream_loop', '-1', '-i', second, '-filter_complex', graph];
}

/** A slow zoom into a fractal beside a test picture: detail everywhere, movement, and grain that costs bits. */
function drawn({ width, height, frames }: FilmClipOptions): string[] {
  const seconds = Math.ceil(frames / RATE) + 1;
  const half = width / 2;
  const draw = (name: string): string[] => ['-f', 'lavfi', '-t', String(seconds), '-i', name];
  const graph = '[0:v][1:v]hstack,noise=alls=8:allf=t,format=gray,format=yuv420p,setsar=1[film]';
  return [
    ...draw(`mandelbrot=size=${half}x${height}:rate=${RATE}`),
    ...draw(`testsrc2=size=${half}x${height}:rate=${RATE}`),
    '-filter_complex',
    graph,
  ];
}
