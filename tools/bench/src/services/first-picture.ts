import { open, rm, writeFile } from 'node:fs/promises';
import { findFfmpeg } from '@kinemacolor/media';
import { BenchError } from '../bench-error.js';
import { runCommand } from '../run-command.js';

/** Side of the small picture that is looked at, pixels. */
const SIDE = 32;
const GREY = 128;
/** Levels that an encoder may change grey by. */
const ABOUT = 2;

/**
 * How many bytes of a film its reader must have until it can show the first picture.
 * @throws BenchError `DISAGREE` when so many bytes give no picture with colours
 */
export async function bytesOfFirstPicture(film: string): Promise<number> {
  const { ffprobe } = await findFfmpeg();
  const ask = [
    '-select_streams',
    'v:0',
    '-read_intervals',
    '%+#2',
    '-show_entries',
    'packet=pos,size',
    '-of',
    'csv=p=0',
  ];
  const { stdout } = await runCommand('ffprobe', ffprobe, ['-v', 'error', ...ask, film]);
  // size, pos: of the second packet, so that a reader which must see the first one's end has it.
  const [, second = ''] = stdout.trim().split('\n');
  const bytes = Number(second.split(',')[1]);
  const part = `${film}.first-picture`;
  try {
    const file = await open(film);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
      await writeFile(part, buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
    if (await isColoured(part)) return bytes;
  } finally {
    await rm(part, { force: true });
  }
  throw new BenchError('DISAGREE', `The first ${bytes} bytes of ${film} give no picture with colours.`);
}

async function isColoured(film: string): Promise<boolean> {
  const { ffmpeg } = await findFfmpeg();
  const raw = `${film}.raw`;
  // prettier-ignore
  const args = ['-v', 'error', '-nostdin', '-y', '-i', film, '-frames:v', '1', '-vf', `scale=${SIDE}:${SIDE},format=yuv444p`, '-f', 'rawvideo', raw];
  try {
    await runCommand('ffmpeg', ffmpeg, args);
    const file = await open(raw);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3 * SIDE * SIDE), 0, 3 * SIDE * SIDE, 0);
    await file.close();
    if (bytesRead < buffer.length) return false;
    return buffer.subarray(SIDE * SIDE).some((value) => Math.abs(value - GREY) > ABOUT);
  } finally {
    await rm(raw, { force: true });
  }
}
