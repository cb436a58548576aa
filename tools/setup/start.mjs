/**
 * What `npm start` does after the set-up: colorizes the sample clip, or the film that is named, into `out/`.
 *
 *     npm start [-- FILM [more options of `kinemacolor colorize`]]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';

import { exists } from './atomic.mjs';
import { SetupError } from './failure.mjs';
import { cacheFolder, ROOT } from './paths.mjs';
import { renderSampleClip } from './sample-clip/render.mjs';
import { locateTool } from './steps/ffmpeg.mjs';

const KEPT = new Set(['.mp4', '.m4v', '.mov', '.mkv']);

/**
 * @param {readonly string[]} args of the command line
 * @param {string} out folder of results
 * @returns {{ film: string, isSample: boolean, colour: string, compare: string, more: string[] }}
 */
export function plan(args, out) {
  const [film, ...more] = args;
  if (film === undefined) {
    const sample = join(out, 'sample-bw.mp4');
    const [colour, compare] = [join(out, 'sample-colour.mp4'), join(out, 'sample-side-by-side.png')];
    return { film: sample, isSample: true, colour, compare, more };
  }
  const name = basename(film, extname(film));
  const compare = join(out, `${name}-side-by-side.png`);
  // A container that holds everything keeps it: subtitles, fonts, chapters.
  const extension = KEPT.has(extname(film).toLowerCase()) ? extname(film) : '.mp4';
  return { film, isSample: false, colour: join(out, `${name}-colour${extension}`), compare, more };
}

async function main() {
  const from = process.env.INIT_CWD ?? process.cwd();
  const out = join(ROOT, 'out');
  await mkdir(out, { recursive: true });
  const job = plan(process.argv.slice(2), out);
  if (job.isSample) {
    await provideSample(job.film);
  } else if (job.film.startsWith('-')) {
    throw new SetupError(`The film comes first, not ${job.film}.`, 'npm start -- your-film.mp4 [options]');
  } else {
    job.film = resolve(from, job.film);
    if (!(await exists(job.film))) throw new SetupError(`There is no file ${job.film}.`, 'Check the name of the film.');
  }
  const command = join(ROOT, 'apps', 'cli', 'bin', 'kinemacolor.js');
  const args = [command, 'colorize', job.film, '-o', job.colour, '--compare', job.compare, ...job.more];
  const code = await passThrough(process.execPath, args, from);
  if (code !== 0) return code;
  process.stdout.write('\nLook at the result:\n');
  const results = job.isSample ? [job.film, job.colour, job.compare] : [job.colour, job.compare];
  for (const file of results) process.stdout.write(`  ${relative(from, file) || file}\n`);
  return 0;
}

/** Renders the sample clip, unless the one that this renderer made is there. */
async function provideSample(file) {
  const folder = join(ROOT, 'tools', 'setup', 'sample-clip');
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, name)));
  const sha = hash.digest('hex');
  const stamp = join(dirname(file), '.sample-bw.sha256');
  if ((await exists(file)) && (await exists(stamp)) && (await readFile(stamp, 'utf8')) === sha) return;
  const ffmpeg = await locateTool('ffmpeg', cacheFolder());
  if (ffmpeg === undefined) throw new SetupError('There is no ffmpeg.', 'Run `npm run setup`.');
  process.stdout.write('Rendering a black-and-white sample clip (some 10 to 20 s)\n');
  await renderSampleClip(file, { ffmpeg });
  await writeFile(stamp, sha);
}

/** Runs a command on this terminal; it gets Ctrl-C itself and ends in its own way. */
async function passThrough(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: 'inherit' });
  const wait = () => {};
  process.on('SIGINT', wait);
  const forward = () => child.kill('SIGTERM');
  process.on('SIGTERM', forward);
  try {
    return await new Promise((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code) => done(code ?? 1));
    });
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', forward);
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = await main();
  } catch (error) {
    const failure = SetupError.from(error);
    process.stderr.write(`${failure.message}\n  → ${failure.cure}\n`);
    process.exitCode = failure.code === 'interrupted' ? 130 : 1;
  }
}
