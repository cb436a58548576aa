import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { toolPath } from './tool-path.js';

const run = promisify(execFile);
const maxBuffer = 256 << 20;
/** Ends one that hangs; the test's own time is the limit for one that is slow. */
const timeout = 240_000;

/** Runs the installed ffmpeg (see `toolPath`) and gives its standard output. Fails with its messages. */
export async function runFfmpeg(...args: string[]): Promise<Buffer> {
  const binary = toolPath('ffmpeg');
  const { stdout } = await run(binary, ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...args], {
    encoding: 'buffer',
    maxBuffer,
    timeout,
    killSignal: 'SIGKILL',
  });
  return stdout;
}

/** Runs the installed ffprobe and gives its lines. */
export async function runFfprobe(...args: string[]): Promise<string[]> {
  const binary = toolPath('ffprobe');
  const { stdout } = await run(binary, ['-v', 'error', ...args], { maxBuffer, timeout, killSignal: 'SIGKILL' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Times of all frames of the first picture stream, as decoded, in stream ticks. */
export async function framePts(path: string): Promise<bigint[]> {
  const lines = await runFfprobe('-select_streams', 'v:0', '-show_entries', 'frame=pts', '-of', 'csv=p=0', path);
  return lines.map((line) => BigInt(line.replace(/,.*$/, '')));
}

/** MD5 of one plane of every decoded frame, in order. `format` is the pixel format that it is decoded to, when given. */
export async function planeMd5s(path: string, plane: 'y' | 'u' | 'v', format?: string): Promise<string[]> {
  const filters = [...(format === undefined ? [] : [`format=${format}`]), `extractplanes=${plane}`].join(',');
  const text = await runFfmpeg(
    '-i',
    path,
    '-map',
    '0:v:0',
    '-vf',
    filters,
    '-fps_mode',
    'passthrough',
    '-f',
    'framemd5',
    '-',
  ).then(String);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
}
