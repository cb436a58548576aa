import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endWithUs } from '../end-with-us.js';

export interface CameraOptions {
  readonly ffmpeg: string;
  readonly seconds: number;
  /** Frames a second. */
  readonly rate: number;
  /** Told of each frame when it has gone out. */
  readonly onFrame: () => void;
}

/** A transport stream of picture and sound that comes as fast as it is shown. */
export function liveCamera({ ffmpeg, seconds, rate, onFrame }: CameraOptions): Readable {
  const draw = (name: string): string[] => ['-re', '-f', 'lavfi', '-t', String(seconds), '-i', name];
  const picture = draw(`testsrc2=size=640x360:rate=${rate}`);
  const sound = draw('sine=sample_rate=48000');
  // The second output is a line for each frame.
  const graph = ['-filter_complex', '[0:v]format=yuv420p,split[film][tick];[tick]scale=16:16[told]'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(rate), '-c:a', 'mp2'];
  const film = ['-map', '[film]', '-map', '1:a', ...codecs, '-f', 'mpegts', '-flush_packets', '1', 'pipe:1'];
  const told = ['-map', '[told]', '-f', 'framecrc', '-flush_packets', '1', 'pipe:3'];
  const args = ['-v', 'error', '-nostdin', ...picture, ...sound, ...graph, ...film, ...told];
  const child = spawn(ffmpeg, args, { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  endWithUs(child);
  onPictures(child.stdio[3] as Readable, onFrame);
  return child.stdout!;
}

/** Calls for each picture that ffmpeg tells of in the form `framecrc`. */
export function onPictures(lines: Readable, onFrame: () => void): void {
  createInterface({ input: lines }).on('line', (line) => {
    if (/^\d/.test(line)) onFrame();
  });
}
