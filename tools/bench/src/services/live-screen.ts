import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { endWithUs } from '../end-with-us.js';
import { onPictures } from './live-camera.js';

/** Something that shows a transport stream as soon as it can be decoded. */
export interface LiveScreen {
  readonly input: Writable;
  /** Resolves when everything is shown. */
  readonly ended: Promise<void>;
}

/** @param onPicture told of each picture when it could be shown */
export function liveScreen(ffmpeg: string, onPicture: () => void): LiveScreen {
  // No threads that hold frames, and a short look at the stream first; "nobuffer" would lose what is looked at.
  const hasty = ['-flags', 'low_delay', '-threads', '1', '-analyzeduration', '500000', '-probesize', '200000'];
  const args = ['-v', 'error', '-nostdin', ...hasty, '-f', 'mpegts', '-i', 'pipe:0'];
  const shown = ['-map', '0:v:0', '-vf', 'scale=16:16', '-fps_mode', 'passthrough', '-f', 'framecrc', '-flush_packets', '1', 'pipe:1']; // prettier-ignore
  const child = spawn(ffmpeg, [...args, ...shown], { stdio: ['pipe', 'pipe', 'inherit'] });
  endWithUs(child);
  onPictures(child.stdout, onPicture);
  return { input: child.stdin, ended: once(child, 'close').then(() => undefined) };
}
