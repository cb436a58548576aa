import { spawn } from 'node:child_process';
import { BenchError } from '../bench-error.js';
import { endWithUs } from '../end-with-us.js';
import type { BytePlanes } from './chroma-noise.js';

/**
 * The first frames of a clip with their true chroma: full-range BT.601, all planes at the given size.
 * @throws BenchError `CHILD_FAILED`
 */
export async function* realFrames(
  ffmpeg: string,
  clip: string,
  { width, height, frames }: { width: number; height: number; frames: number },
): AsyncGenerator<BytePlanes, void, undefined> {
  const scale = `scale=${width}:${height}:flags=area:out_color_matrix=bt601:out_range=full,format=yuv444p`;
  const output = ['-map', '0:v:0', '-vf', scale, '-frames:v', String(frames), '-f', 'rawvideo', '-'];
  const child = spawn(ffmpeg, ['-v', 'error', '-nostdin', '-i', clip, ...output], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => { resolve(error.message); }); // prettier-ignore
    child.once('close', (code, signal) => { resolve(code === 0 ? undefined : `it ended (${signal ?? String(code)}): ${said}`); }); // prettier-ignore
  });
  const pixels = width * height;
  let frame = new Uint8Array(3 * pixels);
  let filled = 0;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length;) {
        const bytes = Math.min(chunk.length - at, frame.length - filled);
        frame.set(chunk.subarray(at, at + bytes), filled);
        filled += bytes;
        at += bytes;
        if (filled < frame.length) continue;
        yield { luma: frame.subarray(0, pixels), u: frame.subarray(pixels, 2 * pixels), v: frame.subarray(2 * pixels) };
        frame = new Uint8Array(3 * pixels);
        filled = 0;
      }
    }
    const failure = await ended;
    if (failure !== undefined) throw new BenchError('CHILD_FAILED', `ffmpeg could not read ${clip}: ${failure}`);
  } finally {
    child.kill();
    await ended;
  }
}
