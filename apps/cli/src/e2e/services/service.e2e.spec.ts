import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openClient } from '@kinemacolor/client';
import { openFlakyLine, startTestService, turned, type TestService } from '@kinemacolor/client/testing';
import { scratchDir } from '@kinemacolor/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli, startCli, type CliRun } from '../run-cli.js';

const FILM = randomBytes(3_000_017);
const TOKEN = 'a token of the tests';
let folder: string;
let service: TestService;
const at = (name: string): string => path.join(folder, name);
beforeEach(async () => {
  folder = scratchDir();
  service = await startTestService({ token: TOKEN });
  vi.stubEnv('KINEMACOLOR_SERVER', service.address);
  vi.stubEnv('KINEMACOLOR_TOKEN', TOKEN);
  await writeFile(at('film.mkv'), FILM);
});
afterEach(() => {
  vi.unstubAllEnvs();
  service.close();
});

const jobs = (): { id: string; state: string }[] =>
  [...service.jobs.values()].map(({ now }) => ({ id: now.id, state: String(now.state) }));
const [SUCCEEDED, CANCELLED] = ['4', '6'];

/** One line that says what was wrong, and no stack. */
function expectFailure(run: CliRun, code: number, message: RegExp): void {
  expect(run.stderr).toMatch(message);
  expect(run.stderr).not.toMatch(/\n\s+at .*:\d+/);
  expect(run.code).toBe(code);
}

// Many processes in a row, each of which loads everything.
describe('kinemacolor submit', { timeout: 120_000 }, () => {
  it('uploads, watches, and writes the result under its name', async () => {
    const run = await runCli(['submit', at('film.mkv'), '-o', at('new/out.mp4'), '--saturation', '1.2', '--json']);
    expect(run.stderr).toMatch(/film\.mkv: uploading.*MB[^]*out\.mp4: \d+ frames/);
    expect(run.code).toBe(0);
    expect((await readFile(at('new/out.mp4'))).equals(turned(FILM))).toBe(true);
    expect(await readdir(at('new'))).toEqual(['out.mp4']);
    const settings = { container: 'mp4', saturation: 1.2, stabilize: 0.7, codec: 'h264', poison: 'fail' };
    const told: unknown = JSON.parse(run.stdout.toString());
    expect(told).toMatchObject({ state: 'succeeded', label: 'film.mkv', settings, resultBytes: FILM.length });
  });

  it('--detach prints the job, which jobs shows and download fetches', async () => {
    const run = await runCli(['submit', at('film.mkv'), '-o', at('out.ts'), '--detach', '--label', 'reel 3']);
    const id = run.stdout.toString().trim();
    expect(run.stderr).toContain(`kinemacolor download ${id} -o ${at('out.ts')}`);
    await expect.poll(jobs).toEqual([{ id, state: SUCCEEDED }]);

    const shown = await runCli(['jobs', id]);
    expect(shown.stdout.toString()).toMatch(/state {5}succeeded\nlabel {5}reel 3\nframes .*\nsource {4}3\.0 MB/);
    expect((await runCli(['jobs'])).stderr).toMatch(/No such jobs/);
    expect((await runCli(['jobs', '--state', 'succeeded', 'failed'])).stdout.toString()).toMatch(`${id}  succeeded`);
    expect(JSON.parse((await runCli(['jobs', '--all', '--json'])).stdout.toString())).toMatchObject([{ id }]);

    expectFailure(await runCli(['download', id, '-o', at('out.mkv')]), 2, /the job's result is mpegts/);
    expect((await runCli(['download', id, '-o', at('out.ts')])).code).toBe(0);
    expect((await readFile(at('out.ts'))).equals(turned(FILM))).toBe(true);
    const piped = await runCli(['download', id, '-o', '-', '--quiet']);
    expect(piped.stdout.equals(turned(FILM))).toBe(true);
    expect(piped.stderr).toBe('');
  });

  it('- streams there and back', async () => {
    const run = await runCli(['submit', '-', '-o', '-', '--max-delay', '1.5'], FILM);
    expect(run.stderr).toMatch(/standard output: \d+ frames/);
    expect(run.code).toBe(0);
    expect(run.stdout.equals(turned(FILM))).toBe(true);
    expect((await runCli(['submit', '-', '-o', at('out.mkv')], FILM)).code).toBe(0);
    expect((await readFile(at('out.mkv'))).equals(turned(FILM))).toBe(true);
    expect((await runCli(['submit', at('film.mkv'), '-o', '-'])).stdout.equals(turned(FILM))).toBe(true);
    expect(new Set(service.calls.map(({ method }) => method))).toEqual(new Set(['Colorize']));
  });

  it.each<[string, readonly string[], NodeJS.Signals, number]>([
    ['Ctrl-C', ['film.mkv', '-o', 'out.mkv'], 'SIGINT', 130],
    ['SIGTERM', ['film.mkv', '-o', 'out.mkv'], 'SIGTERM', 143],
    ['Ctrl-C of a stream', ['film.mkv', '-o', '-'], 'SIGINT', 130],
  ])('%s cancels the job and leaves no file', async (_, args, signal, code) => {
    service.state.hold();
    const words = args.map((word) => (word.endsWith('.mkv') ? at(word) : word));
    const { child, ended } = startCli(['submit', ...words]);
    await expect.poll(() => service.jobs.size, { timeout: 20_000 }).toBe(1);
    if (!args.includes('-')) await expect.poll(() => service.state.taken).toBe(FILM.length);
    child.kill(signal);
    expectFailure(await ended, code, /Stopped on request/);
    await expect.poll(() => jobs()[0]?.state).toBe(CANCELLED);
    expect(await readdir(folder)).toEqual(['film.mkv']);
  });

  it('goes on after a lost connection', async () => {
    const line = await openFlakyLine(service.port);
    service.state.hold();
    const { ended } = startCli(['submit', at('film.mkv'), '-o', at('out.mkv'), '--server', line.address]);
    await expect.poll(() => service.calls.some(({ method }) => method === 'WatchJob'), { timeout: 20_000 }).toBe(true);
    await line.cut();
    service.state.go();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await line.mend();
    const run = await ended;
    expect(run.stderr).toMatch(/Trying again/);
    expect(run.code).toBe(0);
    expect((await readFile(at('out.mkv'))).equals(turned(FILM))).toBe(true);
    await line.close();
  });

  it('refuses before it sends anything', async () => {
    const film = at('film.mkv');
    expectFailure(await runCli(['submit', film]), 2, /Name it with -o/);
    expectFailure(await runCli(['submit', film, '-o', at('out.avi')]), 2, /a service writes \.mkv, \.mp4/);
    expectFailure(await runCli(['submit', film, '-o', film]), 2, /would be both/);
    const ffv1 = await runCli(['submit', film, '-o', at('o.mp4'), '--codec', 'ffv1']);
    expectFailure(ffv1, 2, /o\.mp4: it cannot hold ffv1\. A service writes ffv1 as \.mkv\./);
    expectFailure(await runCli(['submit', film, '-o', at('o.ts'), '--codec', 'av1']), 2, /av1 as \.mkv or \.mp4\./);
    expectFailure(await runCli(['submit', film, '-o', at('o.mp4'), '--crf', '17.5']), 2, /--crf 17\.5/);
    await writeFile(at('empty.mkv'), '');
    expectFailure(await runCli(['submit', at('empty.mkv'), '-o', at('o.mp4')]), 4, /empty\.mkv: is empty/);
    await rm(at('empty.mkv'));
    expectFailure(await runCli(['submit', '-', '-o', '-', '--detach']), 2, /cannot be detached from/);
    expectFailure(await runCli(['submit', at('none.mkv'), '-o', at('o.mp4')]), 3, /none\.mkv: no such file/);
    expectFailure(await runCli(['submit', folder, '-o', at('o.mp4')]), 3, /is a folder/);
    expectFailure(await runCli(['jobs', '--state', 'lost']), 2, /--state is uploading/);
    expectFailure(await runCli(['jobs', '--ca', at('none.pem')]), 3, /none\.pem: no such file/);
    expectFailure(await runCli(['jobs', '--ca', film]), 2, /--ca \S*film\.mkv: there is no certificate in it/);
    expectFailure(await runCli(['jobs', '--cert', film]), 2, /--cert \S*film\.mkv: there is no certificate in it/);
    expectFailure(await runCli(['jobs', '--key', film]), 2, /--key \S*film\.mkv: there is no private key in it/);
    expect(service.calls).toEqual([]);
  });

  it('tells what the service says', async () => {
    const submit = ['submit', at('film.mkv'), '-o', at('out.mkv')];
    expectFailure(await runCli([...submit, '--token', 'another']), 11, /does not know this token\. Correct KINEMACOLOR_TOKEN, or --token\./); // prettier-ignore
    expectFailure(await runCli([...submit, '--token', '']), 11, /wants a token\. Give yours in KINEMACOLOR_TOKEN, or with --token\./); // prettier-ignore
    expectFailure(await runCli(['jobs', 'none']), 3, /There is no job none/);
    service.state.failure = { code: 3, message: 'This is no film.' };
    expectFailure(await runCli(submit), 4, /^kinemacolor: This is no film\.$/m);
    expectFailure(await runCli(['submit', '-', '-o', '-'], FILM), 4, /This is no film/);
    expect(await readdir(folder)).toEqual(['film.mkv']);
    const { stdout } = await runCli(['cancel', jobs()[0]!.id]);
    expect(stdout.toString()).toMatch(/failed {5}INVALID_ARGUMENT +film\.mkv/);
  });

  it('shows no terminal what a file name would have it obey', async () => {
    const name = `reel\u001b[31m\u0007 3\n${'🎬'.repeat(40)}.mkv`;
    await writeFile(at(name), FILM);
    const { code, stdout } = await runCli(['submit', at(name), '-o', at('out.mkv'), '--detach']);
    expect(code).toBe(0);
    const shown = await runCli(['jobs', stdout.toString().trim()]);
    expect(shown.stdout.toString()).toContain(`label     reel?[31m? 3?${'🎬'.repeat(40)}.mkv\n`);
  });

  it('has nothing to say when who reads its jobs has seen enough', async () => {
    const client = openClient({ address: service.address, token: TOKEN });
    // More than a pipe holds.
    for (let i = 0; i < 400; i++) await client.jobs.create({ label: 'x'.repeat(200) });
    client.close();
    const { child, ended } = startCli(['jobs']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each([['submit'], ['jobs'], ['cancel'], ['download'], ['serve']])(
    '%s --help tells the exit codes',
    async (name) => {
      expect((await runCli([name, '--help'])).stdout.toString()).toMatch(
        /Exit codes: 0 done;[^]*11 the service refuses/,
      );
    },
  );
});
