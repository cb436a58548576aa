import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openFlakyLine, startTestService, turned } from '@kinemacolor/client/testing';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hasPython, pythonClient } from './run-client.mjs';

const TOKEN = 'a token of the tests';
const FILM = randomBytes(3_000_017);
const folder = scratchDir();
const at = (name) => join(folder, name);
let service;
let client;

const colorize = (way, film, out, { server = service.address, token = TOKEN } = {}) =>
  client(way, film, out, { server, token });

const failureOf = (work) => work.then(() => expect.fail('It went well.'), (error) => error); // prettier-ignore

describe.skipIf(!hasPython)('a client in Python (skipped without the set-up’s gRPC for Python)', () => {
  beforeAll(async () => {
    client = await pythonClient(at('generated'));
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

  it.each([
    { what: 'a film that is not there', film: 'none.mkv', out: 'out.mkv', says: /No such file.*none\.mkv/ },
    { what: 'a folder that is not there', film: 'film.mkv', out: 'nowhere/out.mkv', says: /No such file.*nowhere/ },
    { what: 'a folder of that name', film: 'film.mkv', out: 'folder.mkv', says: /folder\.mkv is a folder/ },
  ])('tells of $what before it calls the service', async ({ film, out, says }) => {
    await mkdir(at('folder.mkv'), { recursive: true });
    const calls = service.calls.length;
    for (const way of ['stream', 'job']) {
      const { code, stderr } = await failureOf(colorize(way, at(film), at(out)));
      expect(stderr).toMatch(says);
      expect([code, stderr.split('\n').length]).toEqual([1, 2]);
    }
    expect(service.calls).toHaveLength(calls);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
