import { findFfmpeg } from '@kinemacolor/media';
import { BenchError } from '../bench-error.js';
import { runCommand } from '../run-command.js';

/** Time in seconds and MD5 of every picture of a film, decoded. */
export async function picturesOf(film: string): Promise<{ readonly seconds: number; readonly md5: string }[]> {
  const { ffmpeg } = await findFfmpeg();
  const form = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'];
  const { stdout } = await runCommand('ffmpeg', ffmpeg, ['-v', 'error', '-nostdin', '-i', film, ...form]);
  const [, num = '1', den = '1'] = /^#tb 0: (\d+)\/(\d+)$/m.exec(stdout) ?? [];
  const lines = stdout.split('\n').filter((line) => /^\d/.test(line));
  return lines.map((line) => {
    // stream, dts, pts, duration, size, hash
    const [, , pts, , , md5] = line.split(/,\s*/);
    return { seconds: (Number(pts) * Number(num)) / Number(den), md5: md5! };
  });
}

/** Containers round times to their own ticks, at most a millisecond each. */
const SAME_SECONDS = 0.002;

/**
 * Two films of the same pictures at the same times: else a comparison of their makers' speed would mean nothing.
 * @returns how many
 * @throws BenchError `DISAGREE` with the first frame that differs
 */
export async function requireSamePictures(one: string, other: string): Promise<number> {
  const [a, b] = [await picturesOf(one), await picturesOf(other)];
  const differs = (at: number): boolean =>
    a[at]!.md5 !== b[at]!.md5 || Math.abs(a[at]!.seconds - b[at]!.seconds) > SAME_SECONDS;
  const wrong = a.length === b.length ? a.findIndex((_, at) => differs(at)) : Math.min(a.length, b.length);
  if (wrong === -1 && a.length > 0) return a.length;
  throw new BenchError(
    'DISAGREE',
    `${one} has ${a.length} pictures and ${other} ${b.length}; frame ${wrong} is the first that differs.`,
  );
}
