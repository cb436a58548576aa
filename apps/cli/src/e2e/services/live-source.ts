import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { findFfmpeg } from '@kinemacolor/media';

/** A transport stream with picture and sound that comes as fast as it is shown. */
export async function liveSource(frames: number, rate: number): Promise<Readable> {
  const { ffmpeg } = await findFfmpeg();
  const seconds = String(frames / rate);
  const picture = ['-re', '-f', 'lavfi', '-i', `testsrc2=size=160x120:rate=${rate}:duration=${seconds}`];
  const sound = ['-re', '-f', 'lavfi', '-i', `sine=sample_rate=48000:duration=${seconds}`];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(rate), '-c:a', 'mp2'];
  const args = ['-v', 'error', '-nostdin', ...picture, ...sound, ...codecs, '-f', 'mpegts', '-flush_packets', '1', '-'];
  return spawn(ffmpeg, args, { stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
}
