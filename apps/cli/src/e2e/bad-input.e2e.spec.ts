import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { framePts, makeClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { runCli, tinyModel } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
/** A file system of a megabyte; undefined where this user may not mount one. */
function mountSmallDisk(target: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', target]).status === 0;
}
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
  await mkdir(at('empty'));
  await mkdir(at('out'));
  await makeClip({ folder, name: 'good.mp4', frames: 5 });
  await writeFile(at('text.mp4'), 'This is not a film.\n'.repeat(50));
});

const colorize = (input: string, output: string, ...flags: string[]): ReturnType<typeof runCli> =>
  runCli(['colorize', input, '-o', output, '--model', model, ...flags]);

/** A clear error: one line that names the file, the code that is documented, nothing left behind, no stack. */
async function expectRefusal(input: string, exitCode: number, message: RegExp, ...flags: string[]): Promise<void> {
  const run = await colorize(input, at('out/result.mp4'), ...flags);
  expect(run.stderr).toMatch(message);
  expect(run.stderr).not.toMatch(/\n\s+at .*:\d+/);
  expect(run.code).toBe(exitCode);
  expect(await readdir(at('out'))).toEqual([]);
}

describe('kinemacolor colorize, bad input', () => {
  it('a missing file', () => expectRefusal(at('none.mp4'), 3, /none\.mp4.*no such file/));

  it('a folder without pictures', () => expectRefusal(at('empty'), 3, /empty holds no picture and no film/));

  it('a file of 0 bytes', async () => {
    await writeFile(at('zero.mp4'), '');
    await expectRefusal(at('zero.mp4'), 4, /zero\.mp4.*empty/);
  });

  it('a text file named .mp4', async () => {
    await expectRefusal(at('text.mp4'), 4, /text\.mp4/);
  });

  it('a file with sound only', async () => {
    await runFfmpeg('-f', 'lavfi', '-i', 'sine=duration=1', at('sound.mp4'));
    await expectRefusal(at('sound.mp4'), 4, /sound\.mp4.*(picture|video)/);
  });

  it('a playlist or a script that points at another file', async () => {
    await makeClip({ folder, name: 'secret.ts', frames: 10 });
    await writeFile(at('list.m3u8'), `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.4,\nsecret.ts\n#EXT-X-ENDLIST\n`);
    await writeFile(at('script.mp4'), `ffconcat version 1.0\nfile secret.ts\n`);
    await cp(at('list.m3u8'), at('list.mp4'));
    for (const name of ['list.m3u8', 'list.mp4', 'script.mp4']) await expectRefusal(at(name), 4, new RegExp(name));
  });

  it('an MP4 cut short with its index at the end: nothing can be read', async () => {
    await makeClip({ folder, name: 'cut.mp4', width: 160, height: 120, frames: 100 });
    const { length } = await readFile(at('cut.mp4'));
    await truncate(at('cut.mp4'), Math.floor(length * 0.6));
    await expectRefusal(at('cut.mp4'), 5, /cut\.mp4.*/);
  });

  it('an MP4 cut short: says how much can be read, and --salvage colours that', async () => {
    await makeClip({ folder, name: 'short.mp4', width: 160, height: 120, frames: 100, options: ['-movflags', '+faststart', '-g', '10'] }); // prettier-ignore
    const { length } = await readFile(at('short.mp4'));
    await truncate(at('short.mp4'), Math.floor(length * 0.6));
    await expectRefusal(at('short.mp4'), 5, /short\.mp4.*\d+ of 100 frames.*--salvage/);
    const run = await colorize(at('short.mp4'), at('salvaged.mp4'), '--salvage');
    expect(run.code).toBe(0);
    const frames = (await framePts(at('salvaged.mp4'))).length;
    expect(frames).toBeGreaterThan(20);
    expect(frames).toBeLessThan(90);
  });

  it('a stream that was cut off: what came is written, the exit code tells, and --salvage is content', async () => {
    const whole = await readFile(await makeClip({ folder, name: 'streamed.mkv', frames: 100, options: ['-g', '10'] }));
    const cut = whole.subarray(0, whole.length / 2);
    const stream = (output: string, ...flags: string[]): ReturnType<typeof runCli> =>
      runCli(['colorize', '-', '-o', output, '--model', model, ...flags], cut);
    const told = await stream('-');
    expect(told.stderr).toMatch(/standard input: is cut off: \d+ of 100 frames.*--salvage/);
    expect(told.code).toBe(5);
    const frames = async (film: Buffer): Promise<number> => {
      await writeFile(at('came.mkv'), film);
      return (await framePts(at('came.mkv'))).length;
    };
    const came = await frames(told.stdout);
    expect(came).toBeGreaterThan(20);
    expect(came).toBeLessThan(90);
    await mkdir(at('cut'));
    expect((await stream(at('cut/film.mkv'))).code).toBe(5);
    expect(await readdir(at('cut'))).toEqual([]);
    const salvaged = await stream('-', '--salvage');
    expect(salvaged.code).toBe(0);
    expect(salvaged.stderr).toContain(`Only ${came} of 100 frames`);
    expect(await frames(salvaged.stdout)).toBe(came);
  });

  it('a damaged model', async () => {
    await cp(model, at('damaged'), { recursive: true });
    const weights = await readFile(at('damaged/weights.bin'));
    weights[10]! ^= 255;
    await writeFile(at('damaged/weights.bin'), weights);
    await expectRefusal(at('good.mp4'), 8, /weights\.bin.*damaged/, '--model', at('damaged'));
    await expectRefusal(at('good.mp4'), 8, /No model "nonesuch"/, '--model', 'nonesuch');
  });

  it('a full disk (skipped where no small file system can be mounted)', async ({ skip }) => {
    await mkdir(at('full'));
    if (!mountSmallDisk(at('full'))) return skip('no right to mount a small file system');
    try {
      const picture = 'nullsrc=size=320x240,geq=random(1)*255:128:128';
      await makeClip({ folder, name: 'big.mp4', width: 320, height: 240, frames: 200, picture });
      const run = await colorize(at('big.mp4'), at('full/result.mp4'));
      expect(run.stderr).toMatch(/full|space/);
      expect(run.code).toBe(7);
      expect(await readdir(at('full'))).not.toContain('result.mp4');
    } finally {
      spawnSync('umount', [at('full')]);
    }
  });

  it('says so to programs, too, when nothing could be started', async () => {
    const run = await runCli(['colorize', at('good.mp4'), '-o', at('out/x.mp4'), '--model', 'nonesuch', '--json']);
    expect(run.code).toBe(8);
    expect(run.summary()).toMatchObject({ ok: false, exitCode: 8, model: null, error: { code: 'NOT_FOUND' } });
  });

  it('an output that cannot be written', async () => {
    await writeFile(at('a-file'), '');
    const run = await colorize(at('good.mp4'), at('a-file/result.mp4'));
    expect(run.stderr).toMatch(/cannot be written/);
    expect(run.code).toBe(6);
  });

  it('a name that is no film’s, the film itself as output, and wrong words', async () => {
    expect((await colorize(at('good.mp4'), at('result.xyz'))).code).toBe(2);
    expect((await colorize(at('good.mp4'), at('good.mp4'))).code).toBe(2);
    expect((await colorize(at('good.mp4'), at('out/x.mp4'), '--codec', 'vhs')).code).toBe(2);
    expect((await colorize(at('good.mp4'), at('out/x.mp4'), '--device', 'abacus')).code).toBe(2);
    const workers = await colorize(at('good.mp4'), at('out/x.mp4'), '--workers', '0');
    expect(workers.code).toBe(2);
    expect(workers.stderr).toContain('must be auto, or 1 to');
    expect((await runCli(['colorize', at('good.mp4')])).code).toBe(2);
    expect((await runCli(['colorise'])).code).toBe(2);
  });

  it('does the good ones of several and ends with the code of the bad one', async () => {
    const run = await runCli([
      'colorize',
      at('text.mp4'),
      at('good.mp4'),
      '-o',
      at('several'),
      '--model',
      model,
      '--json',
    ]);
    expect(run.code).toBe(4);
    expect(await readdir(at('several'))).toEqual(['good.mp4']);
    expect(run.summary().results.map(({ ok }) => ok)).toEqual([false, true]);
  });

  it.skipIf(!existsSync('/proc/self'))('a place where nothing can be made', async () => {
    const film = await colorize(at('good.mp4'), '/proc/none/of/these.mp4');
    expect(film.stderr).toMatch(/these\.mp4: cannot be written: /);
    expect(film.code).toBe(6);
    const extracted = await runCli(['dataset', 'extract', at('good.mp4'), '-o', '/proc/none/of/these']);
    expect(extracted.stderr).toMatch(/\/proc\/none/);
    expect(extracted.code).toBe(6);
    const folders = ['--bw', at('empty'), '--color', at('empty')];
    const trained = await runCli(['train', '--preset', 'tiny', ...folders, '-o', '/proc/none/of/these']);
    expect(trained.stderr).toMatch(/\/proc\/none\/of\/these cannot be written: /);
    expect(trained.code).toBe(6);
  });
});
