import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { openFlakyLine, startTestService, turned } from '@kinemacolor/client/testing';
import { framePts, makeClip, planeMd5s, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { cacheFolder, ROOT } from '../setup/paths.mjs';

const PYTHON = join(cacheFolder(), 'grpc-venv', 'bin', 'python');
const SCRIPT = join(import.meta.dirname, 'colorize_clip.py');
const TOKEN = 'a token of the tests';
const FILM = randomBytes(3_000_017);
const run = promisify(execFile);
const folder = scratchDir();
const generated = join(folder, 'generated');
const at = (name) => join(folder, name);
let service;

/** Runs the script as a user would. */
async function colorize(way, film, out, { server = service.address, token = TOKEN, more = [] } = {}) {
  const env = { ...process.env, PYTHONPATH: generated, KINEMACOLOR_TOKEN: token };
  const { stdout, stderr } = await run(PYTHON, [SCRIPT, way, film, out, '--server', server, ...more], { env });
  return { job: JSON.parse(stdout), stderr };
}

const failureOf = (work) => work.then(() => expect.fail('It went well.'), (error) => error); // prettier-ignore

describe.skipIf(!existsSync(PYTHON))('a client in Python (skipped without the set-up’s gRPC for Python)', () => {
  beforeAll(async () => {
    await mkdir(generated);
    const protos = ['colorization', 'job', 'settings'].map((name) =>
      join(ROOT, 'proto/kinemacolor/v1', `${name}.proto`),
    );
    const outputs = [`--python_out=${generated}`, `--grpc_python_out=${generated}`];
    await run(PYTHON, ['-m', 'grpc_tools.protoc', '-I', join(ROOT, 'proto'), ...outputs, ...protos]);
    service = await startTestService({ token: TOKEN });
    await writeFile(at('film.mkv'), FILM);
  });
  afterAll(() => service.close());

  it('streams a film there and back', async () => {
    const { job, stderr } = await colorize('stream', at('film.mkv'), at('streamed.mp4'));
    expect(job).toMatchObject({ state: 'JOB_STATE_SUCCEEDED', result_bytes: String(FILM.length), label: 'film.mkv' });
    expect(job.settings.container).toBe('CONTAINER_FRAGMENTED_MP4');
    expect(stderr).toMatch(/^job [0-9a-f]{32}\npreview of frame 0: 4 bytes of JPEG\n1\/1 frames, 25\.0 fps$/m);
    expect((await readFile(at('streamed.mp4'))).equals(turned(FILM))).toBe(true);
  });

  it('submits, watches and downloads a job, through a line that breaks', async () => {
    const line = await openFlakyLine(service.port);
    const before = service.jobs.size;
    service.state.hold();
    const done = colorize('job', at('film.mkv'), at('job.mkv'), { server: line.address });
    await expect.poll(() => service.jobs.size, { timeout: 20_000 }).toBe(before + 1);
    await expect.poll(() => service.calls.at(-1).method, { timeout: 20_000 }).toBe('WatchJob');
    await line.cut();
    service.state.go();
    await line.mend();
    expect((await done).job).toMatchObject({ state: 'JOB_STATE_SUCCEEDED' });
    expect((await readFile(at('job.mkv'))).equals(turned(FILM))).toBe(true);
    expect(service.calls.filter(({ method }) => method === 'WatchJob').length).toBeGreaterThan(1);
    await line.close();
  });

  it('tells a refusal in one line and leaves no file', async () => {
    for (const way of ['stream', 'job']) {
      const failure = await failureOf(colorize(way, at('film.mkv'), at('refused.mkv'), { token: 'another' }));
      expect(failure).toMatchObject({ code: 1, stderr: 'UNAUTHENTICATED: The token is missing or not known.\n' });
    }
    expect((await readdir(folder)).filter((name) => name.includes('refused'))).toEqual([]);
  });

  const real = process.env.KINEMACOLOR_TEST_SERVER;
  it.skipIf(real === undefined)(
    'colours a clip at a real service (skipped without KINEMACOLOR_TEST_SERVER)',
    async () => {
      const clip = await makeClip({ folder, name: 'clip.mkv', frames: 50 });
      for (const way of ['stream', 'job']) {
        const out = at(`real-${way}.mkv`);
        await colorize(way, clip, out, {
          server: real,
          token: process.env.KINEMACOLOR_TOKEN,
          more: ['--codec', 'ffv1'],
        });
        expect(await framePts(out)).toEqual(await framePts(clip));
        expect(await planeMd5s(out, 'y')).toEqual(await planeMd5s(clip, 'y'));
        expect(new Set(await planeMd5s(out, 'u')).size).toBeGreaterThan(1);
      }
    },
  );
});
