import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeClip, scratchDir, sharedFile } from '@kinemacolor/testing';
import type { ExtractSummary } from '../dataset-command.js';
import { runCli, startCli, type CliRun } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
beforeAll(async () => {
  const picture = 'mandelbrot=s=320x240:r=25:start_scale=1:end_scale=0.01:end_pts=200';
  await makeClip({ folder, name: 'film.mp4', picture, frames: 100 });
  await writeFile(at('text.mp4'), 'This is not a film.\n'.repeat(50));
  await writeFile(at('a-file'), '');
  await makeClip({ folder, name: 'black.mp4', picture: 'color=black:s=64x48' });
  const faststart = ['-movflags', '+faststart', '-g', '10'];
  await makeClip({ folder, name: 'cut.mp4', width: 160, height: 120, frames: 100, options: faststart });
  await truncate(at('cut.mp4'), Math.floor((await readFile(at('cut.mp4'))).length * 0.6));
});

const extract = (film: string, out: string, ...flags: string[]): Promise<CliRun> =>
  runCli(['dataset', 'extract', film, '-o', at(out), ...flags]);
const summaryOf = (run: CliRun): ExtractSummary => JSON.parse(run.stdout.toString()) as ExtractSummary;

// What is taken and what is skipped is tested beside extractFrames.
describe('kinemacolor dataset extract', () => {
  it('writes pictures and says how many it skipped and why', async () => {
    const run = await extract(at('film.mp4'), 'out', '--size', '120', '--json');
    expect(run.code).toBe(0);
    const { ok, result } = summaryOf(run);
    expect(ok).toBe(true);
    expect(result).toMatchObject({ width: 160, height: 120, frames: 100, candidates: 34, shots: 1, crop: null });
    const files = await readdir(at('out'));
    expect(files).toHaveLength(result!.pictures + 1);
    expect(files).toContain('film-s0001-f000000.jpg');
    expect(run.stderr).toMatch(new RegExp(`${result!.pictures} pictures of 160×120`));
    expect(run.stderr).toContain(`of 34 candidates: ${result!.skipped.duplicate} near-duplicates, 0 black or blank`);
  });

  it('is silent when asked, spreads a quota, and needs --force where an extraction is', async () => {
    expect((await extract(at('film.mp4'), 'again', '--quiet')).stderr).toBe('');
    const refused = await extract(at('film.mp4'), 'again', '--per-shot', '2');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/again: holds an earlier extraction.*--force/);
    expect((await extract(at('film.mp4'), 'again', '--per-shot', '2', '--force')).code).toBe(0);
    expect(await readdir(at('again'))).toHaveLength(3);
  });

  it('finds the shots of a real film (skipped without shared/clips)', async ({ skip }) => {
    const clip = sharedFile('clips/bikes.mp4');
    if (clip === undefined) return skip('needs shared/clips/bikes.mp4');
    const { result } = summaryOf(await extract(clip, 'bikes', '--size', '128', '--per-shot', '4', '--json'));
    expect(result!.shots).toBeGreaterThan(3);
    expect(result!.pictures).toBeGreaterThan(result!.shots);
    expect(result!.pictures).toBeLessThanOrEqual(4 * result!.shots);
    const index = JSON.parse(await readFile(at('bikes/index.json'), 'utf8')) as { pictures: { shot: number }[] };
    expect(new Set(index.pictures.map(({ shot }) => shot)).size).toBe(result!.shots);
  });

  it.each<[string, string, number, RegExp, ...string[]]>([
    ['none.mp4', 'wrong', 3, /none\.mp4.*no such file/],
    ['text.mp4', 'wrong', 4, /text\.mp4/],
    ['black.mp4', 'wrong', 3, /no picture to keep.*black/],
    ['cut.mp4', 'wrong', 5, /cut\.mp4.*cut off.*--salvage/],
    ['film.mp4', 'a-file', 6, /a-file.*cannot be written/],
    ['film.mp4', 'wrong', 2, /--every three/, '--every', 'three'],
    ['film.mp4', 'wrong', 2, /size 4/, '--size', '4'],
  ])('%s into %s ends with %i, in one line, and leaves nothing behind', async (film, out, code, message, ...flags) => {
    const before = await readdir(folder);
    const run = await extract(at(film), out, '--quiet', ...flags);
    expect(run.stderr).toMatch(message);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    expect(run.code).toBe(code);
    expect(await readdir(folder)).toEqual(before);
  });

  it('takes what can be read with --salvage, and needs to be told where to', async () => {
    expect((await extract(at('cut.mp4'), 'salvaged', '--salvage')).code).toBe(0);
    expect((await runCli(['dataset', 'extract', at('film.mp4')])).code).toBe(2);
  });

  it('stops at Ctrl-C and leaves nothing behind', async () => {
    const options = ['-preset', 'ultrafast'];
    await makeClip({ folder, name: 'long.mp4', width: 640, height: 480, frames: 1500, options });
    const before = await readdir(folder);
    const { child, ended } = startCli(['dataset', 'extract', at('long.mp4'), '-o', at('stopped'), '--every', '1']);
    // The first word of progress says that work has begun.
    await new Promise((resolve) => child.stderr!.once('data', resolve));
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(await readdir(folder)).toEqual(before);
  });
});
