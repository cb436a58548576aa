/**
 * Renders the sample clip: six seconds of black-and-white film of a landscape that does not exist.
 *
 *     node tools/setup/sample-clip/render.mjs OUT.mp4
 */
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import { SetupError } from '../failure.mjs';
import { cacheFolder } from '../paths.mjs';
import { locateTool } from '../steps/ffmpeg.mjs';
import { FRAME_RATE, FRAMES_PER_SCENE, HEIGHT, WIDTH } from './camera.mjs';

const SCENES = 2;
export const FRAMES = SCENES * FRAMES_PER_SCENE;

/**
 * Both scenes are drawn at once, a thread each; the second waits in memory (17 MB) for the first to end.
 *
 * @yields {Uint8Array} one grey frame after the other; the same ones at every run
 */
export async function* sampleFrames() {
  const workers = Array.from({ length: SCENES }, (_, scene) => {
    const worker = new Worker(new URL('scene-worker.mjs', import.meta.url), { workerData: scene });
    return { worker, frames: on(worker, 'message', { close: ['exit'] }) };
  });
  try {
    for (const { frames } of workers) {
      for await (const [frame] of frames) yield frame;
    }
  } finally {
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }
}

/** Wind: brown noise that swells, and a low hum of the projector. */
const SOUND = [
  `anoisesrc=color=brown:seed=1908:amplitude=0.5:sample_rate=44100`,
  'lowpass=f=500',
  'tremolo=f=0.25:d=0.5',
  'volume=0.5',
].join(',');

/**
 * @param {string} out a file name that ends in .mp4; written beside and renamed at the end
 * @param {{ ffmpeg: string }} options
 */
export async function renderSampleClip(out, { ffmpeg }) {
  const partial = `${out.slice(0, -extname(out).length)}.partial${extname(out)}`;
  const video = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(FRAME_RATE), '-i', '-'];
  const audio = ['-f', 'lavfi', '-t', String(FRAMES / FRAME_RATE), '-i', SOUND];
  // The frames hold 16–235 already: `gray` is said to be limited, so that nothing is scaled again.
  const encode = ['-vf', 'scale=in_range=tv:out_range=tv,format=yuv420p', '-color_range', 'tv', '-c:v', 'libx264'];
  encode.push('-crf', '17', '-preset', 'medium', '-tune', 'grain', '-c:a', 'aac', '-b:a', '96k', '-shortest');
  encode.push('-movflags', '+faststart', '-map_metadata', '-1', '-fflags', '+bitexact');
  const args = ['-hide_banner', '-loglevel', 'error', '-y', ...video, ...audio, ...encode, partial];
  try {
    await feed(ffmpeg, args);
    await rename(partial, out);
  } finally {
    await rm(partial, { force: true });
  }
}

async function feed(ffmpeg, args) {
  const child = spawn(ffmpeg, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-4000);
  });
  const closed = once(child, 'close');
  // A pipe that breaks is told by the exit code and by what ffmpeg said.
  let broken = false;
  child.stdin.on('error', () => {
    broken = true;
  });
  for await (const frame of sampleFrames()) {
    if (broken) break;
    if (!child.stdin.write(frame)) await Promise.race([once(child.stdin, 'drain'), closed]);
  }
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0)
    throw new SetupError(`ffmpeg could not write the sample clip:\n${said.trim()}`, 'Run `kinemacolor doctor`.');
}

if (process.argv[1] === import.meta.filename) {
  const [out] = process.argv.slice(2);
  const ffmpeg = await locateTool('ffmpeg', cacheFolder());
  if (out === undefined || ffmpeg === undefined) {
    process.stderr.write('Usage: node render.mjs OUT.mp4 (needs ffmpeg)\n');
    process.exitCode = 1;
  } else {
    await renderSampleClip(out, { ffmpeg });
  }
}
