import { spawnSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  framePts,
  makeClip,
  makeVfrClip,
  planeMd5s,
  runFfmpeg,
  runFfprobe,
  scratchDir,
  sharedFile,
} from '@kinemacolor/testing';
import { runCli, startCli, tinyModel } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
});

const colorize = (input: string, output: string, ...flags: string[]): ReturnType<typeof runCli> =>
  runCli(['colorize', input, '-o', output, '--model', model, ...flags]);

const audioMd5 = async (file: string): Promise<string> =>
  (await runFfmpeg('-i', file, '-map', '0:a', '-c', 'copy', '-f', 'md5', '-')).toString();

/** Mean distance of U from neutral: what is coloured has one. */
async function chromaOf(file: string): Promise<number> {
  const u = await runFfmpeg('-i', file, '-vf', 'format=yuv420p,extractplanes=u', '-f', 'rawvideo', '-');
  return u.reduce((sum, value) => sum + Math.abs(value - 128), 0) / u.length;
}

describe('kinemacolor colorize, films', () => {
  it('colours a film: same frames, times and sound, in colour, and says what it did', async () => {
    const film = await makeClip({ folder, name: 'film.mp4', width: 96, height: 64, frames: 30, audio: 'aac', pixelFormat: 'gray' }); // prettier-ignore
    const run = await colorize(film, at('out/film.mp4'), '--json');
    expect(run.stderr).toContain('30 frames');
    expect(run.code).toBe(0);
    expect(await framePts(at('out/film.mp4'))).toEqual(await framePts(film));
    expect(await audioMd5(at('out/film.mp4'))).toBe(await audioMd5(film));
    expect(await chromaOf(at('out/film.mp4'))).toBeGreaterThan(2);
    expect(await readdir(at('out'))).toEqual(['film.mp4']);
    const summary = run.summary();
    expect(summary).toMatchObject({ ok: true, exitCode: 0, model: { name: 'tiny' }, device: { kind: 'cpu' } });
    expect(summary.results[0]).toMatchObject({ frames: 30, colouredFrames: 30, width: 96, height: 64 });
    const [result] = summary.results;
    if (result?.ok !== true || result.stages === undefined) throw new Error('no stages in the summary');
    for (const stage of ['decode', 'colorize', 'encode'] as const) {
      expect(result.stages[stage].seconds).toBeGreaterThan(0);
      expect(result.stages[stage].cpuSeconds).toBeGreaterThan(0);
    }
  });

  it('keeps the luma bit by bit and uneven times to the tick', async () => {
    const film = await makeVfrClip({ folder, name: 'vfr.mkv', width: 80, height: 60, frames: 24 });
    const run = await colorize(film, at('vfr-colour.mkv'), '--codec', 'ffv1');
    expect(run.code).toBe(0);
    expect(await planeMd5s(at('vfr-colour.mkv'), 'y')).toEqual(await planeMd5s(film, 'y'));
    expect(await framePts(at('vfr-colour.mkv'))).toEqual(await framePts(film));
  });

  it.skipIf(availableParallelism() === 1)('gives the same film with two workers (skipped on one core)', async () => {
    const film = await makeClip({ folder, name: 'workers.mkv', width: 96, height: 64, frames: 30 });
    for (const count of ['1', '2']) {
      const run = await colorize(film, at(`workers-${count}.mkv`), '--codec', 'ffv1', '--workers', count, '--json');
      expect(run.summary()).toMatchObject({ ok: true, device: { workers: Number(count) } });
    }
    expect(await planeMd5s(at('workers-2.mkv'), 'u')).toEqual(await planeMd5s(at('workers-1.mkv'), 'u'));
    expect(await framePts(at('workers-2.mkv'))).toEqual(await framePts(film));
  });

  it('streams: between two pipes it gives the same frames as from file to file', async () => {
    const film = await makeClip({ folder, name: 'stream.mkv', width: 80, height: 60, frames: 30, audio: 'pcm_s16le' });
    const run = await runCli(['colorize', '-', '-o', '-', '--model', model, '--codec', 'ffv1'], await readFile(film));
    expect(run.stderr).toContain('30 frames');
    expect(run.code).toBe(0);
    await writeFile(at('streamed.mkv'), run.stdout);
    expect(await planeMd5s(at('streamed.mkv'), 'y')).toEqual(await planeMd5s(film, 'y'));
    await colorize(film, at('whole.mkv'), '--codec', 'ffv1');
    expect(await planeMd5s(at('streamed.mkv'), 'u')).toEqual(await planeMd5s(at('whole.mkv'), 'u'));
    expect(await audioMd5(at('streamed.mkv'))).toBe(await audioMd5(film));
  });

  it('takes an MP4 with its index at the end from a pipe, too, and says that it could not stream', async () => {
    const film = await makeClip({ folder, name: 'late-index.mp4', frames: 12 });
    const run = await runCli(['colorize', '-', '-o', at('late.mkv'), '--model', model], await readFile(film));
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('index is at the end');
    expect(await framePts(at('late.mkv'))).toHaveLength(12);
  });

  it('makes a side-by-side picture and a side-by-side film', async () => {
    const film = await makeClip({ folder, name: 'side.mp4', width: 96, height: 64, frames: 10 });
    expect((await colorize(film, at('side-out.mp4'), '--compare', at('side.png'))).code).toBe(0);
    expect((await colorize(film, at('side-out.mp4'), '--compare', at('side-film.mp4'))).code).toBe(0);
    const size = await runFfprobe('-show_entries', 'stream=width,height', '-of', 'csv=p=0', at('side.png'));
    expect(size).toEqual(['192,64']);
    expect(await framePts(at('side-film.mp4'))).toHaveLength(10);
  });

  it('follows --render-size and --saturation', async () => {
    const film = await makeClip({ folder, name: 'flags.mp4', width: 160, height: 96, frames: 4 });
    const run = await colorize(film, at('flags-grey.mp4'), '--saturation', '0', '--render-size', '96', '--json');
    expect(run.summary().results[0]).toMatchObject({ render: { width: 160, height: 96 } });
    expect(await chromaOf(at('flags-grey.mp4'))).toBeLessThan(0.5);
  });
});

describe('an interrupted run', { timeout: 300_000 }, () => {
  const film = at('long.mkv');
  const args = (output: string): string[] => ['colorize', film, '-o', output, '--model', model, '--codec', 'ffv1'];
  beforeAll(async () => {
    await makeClip({
      folder,
      name: 'long.mkv',
      frames: 1000,
      audio: 'pcm_s16le',
      options: ['-preset', 'ultrafast'],
    });
    await runCli(args(at('undisturbed.mkv')));
  }, 300_000);

  it.each([0, 100, 400])(
    'says that it was stopped, and not of what, where Ctrl-C meets its ffmpeg as well (%d ms later)',
    async (ms) => {
      const { child, ended } = startCli(args(at('stopped.mkv')));
      // Those that have ended, and wait for being reaped, do not count.
      const group = (): string[] =>
        spawnSync('ps', ['-eo', 'pgid=,stat='])
          .stdout.toString()
          .split('\n')
          .filter((line) => new RegExp(`^ *${child.pid} +[^Z ]`).test(line));
      await until(() => Promise.resolve(group().length > 1));
      await pause(ms);
      process.kill(-child.pid!, 'SIGINT');
      const stopped = await ended;
      expect(stopped.code).toBe(130);
      expect(stopped.stderr).toMatch(/^kinemacolor: (?:Stopped\.[^\n]*|[^\n]*: stopped on request\.)\n$/m);
      await expect.poll(group).toEqual([]);
    },
  );

  it('goes on after Ctrl-C with --resume, and ends with the same frames as an undisturbed run', async () => {
    const output = at('resumed.mkv');
    const notes = at('.resumed.mkv.kinemacolor');
    const { child, ended } = startCli(args(output));
    await until(async () => (await readdir(notes).catch((): string[] => [])).includes('state-480.bin'));
    child.kill('SIGINT');
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('--resume');
    expect(await readdir(folder)).not.toContain('resumed.mkv');
    const resumed = await runCli([...args(output), '--resume', '--json']);
    expect(resumed.code).toBe(0);
    const [result] = resumed.summary().results;
    if (result?.ok !== true) throw new Error('the resumed run failed');
    expect(result.frames).toBe(1000);
    expect(result.colouredFrames).toBeLessThan(1000);
    for (const plane of ['y', 'u', 'v'] as const) {
      expect(await planeMd5s(output, plane)).toEqual(await planeMd5s(at('undisturbed.mkv'), plane));
    }
    expect(await framePts(output)).toEqual(await framePts(at('undisturbed.mkv')));
    expect(await readdir(folder)).not.toContain('.resumed.mkv.kinemacolor');
  });

  it('survives kill -9 in the same way', async () => {
    const output = at('killed.mkv');
    const { child, ended } = startCli(args(output));
    await until(async () =>
      (await readdir(at('.killed.mkv.kinemacolor')).catch((): string[] => [])).includes('state-480.bin'),
    );
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    expect((await runCli([...args(output), '--resume'])).code).toBe(0);
    expect(await planeMd5s(output, 'u')).toEqual(await planeMd5s(at('undisturbed.mkv'), 'u'));
  });

  it('is not disturbed by a second one for the same film', async () => {
    const output = at('twice.mkv');
    const first = startCli(args(output));
    await until(async () =>
      (await readdir(at('.twice.mkv.kinemacolor')).catch((): string[] => [])).includes('state-0.bin'),
    );
    // The first one stands still meanwhile: it could be done before the second one has started.
    first.child.kill('SIGSTOP');
    const second = await runCli(args(output));
    first.child.kill('SIGCONT');
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('Another run');
    expect((await first.ended).code).toBe(0);
    expect(await framePts(output)).toHaveLength(1000);
  });

  it('refuses to resume with other settings', async () => {
    const output = at('other.mkv');
    const { child, ended } = startCli(args(output));
    await until(async () =>
      (await readdir(at('.other.mkv.kinemacolor')).catch((): string[] => [])).includes('state-240.bin'),
    );
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    const run = await runCli([...args(output), '--codec', 'h264', '--resume']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('codec was ffv1, is h264');
  });
});

const CLIPS = ['clips/bikes.mp4', 'clips/cockatoo.mp4', 'clips/bw_friday.mp4'];
describe.each(CLIPS)('the shared clip %s', { timeout: 300_000 }, (clip) => {
  const film = sharedFile(clip);
  it.skipIf(film === undefined)('keeps its frames, times, luma and sound', async () => {
    const output = at(`${path.basename(clip, '.mp4')}.mkv`);
    expect((await colorize(film!, output, '--codec', 'ffv1', '--render-size', '96')).code).toBe(0);
    const [before, after] = [await planeMd5s(film!, 'y'), await planeMd5s(output, 'y')];
    expect(after).toEqual(before);
    const sounds = await runFfprobe('-select_streams', 'a', '-show_entries', 'stream=index', '-of', 'csv=p=0', film!);
    if (sounds.length > 0) expect(await audioMd5(output)).toBe(await audioMd5(film!));
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 4000; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited 200 seconds in vain');
}
