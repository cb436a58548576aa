import { createHash } from 'node:crypto';
import { runFfmpeg } from '@kinemacolor/testing';

/** What a film is, whatever bytes its container has. */
export interface Fingerprint {
  /** Time and MD5 of every picture. */
  readonly pictures: readonly string[];
  /** MD5 of the sound, decoded. */
  readonly sound: string;
}

/** Decodes a film whole. */
export async function fingerprint(film: string): Promise<Fingerprint> {
  const form = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'];
  const lines = (await runFfmpeg('-copyts', '-i', film, ...form)).toString().split('\n');
  const sound = await runFfmpeg('-i', film, '-map', '0:a?', '-f', 's16le', '-');
  // stream, dts, pts, duration, size, hash
  const fields = lines.filter((line) => /^\d/.test(line)).map((line) => line.split(/,\s*/));
  const pictures = fields.map(([, , pts, , , hash]) => `${pts} ${hash}`);
  return { pictures, sound: createHash('md5').update(sound).digest('hex') };
}
