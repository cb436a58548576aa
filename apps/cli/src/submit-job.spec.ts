import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openClient, partPath, type Client } from '@kinemacolor/client';
import { startTestService, turned, type TestService } from '@kinemacolor/client/testing';
import { scratchDir } from '@kinemacolor/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from './service-command.js';
import { submitJob } from './submit-job.js';

const FILM = Buffer.alloc(100_000, 'film');
const folder = scratchDir();
const at = (...names: string[]): string => path.join(folder, ...names);
let service: TestService;
let client: Client;
let stop: AbortController;
let told: string[];
beforeEach(async () => {
  service = await startTestService();
  client = openClient({ address: service.address });
  stop = new AbortController();
  told = [];
  await writeFile(at('film.mkv'), FILM);
  await mkdir(at('out'), { recursive: true });
});
afterEach(async () => {
  client.close();
  service.close();
  await rm(at('out'), { recursive: true, force: true });
});

/** As `submit --quiet` does: only what has to be known is told. */
function submit(film: string, of = client): Promise<void> {
  const warn = (line: string): void => void told.push(line);
  const session: Session = { client: of, signal: stop.signal, say: () => undefined, warn };
  return submitJob(session, { film, output: at('out', 'film.mkv'), options: {}, detach: false, quiet: true, json: false }); // prettier-ignore
}

async function onlyJob(state: string): Promise<string> {
  const [id = ''] = service.jobs.keys();
  expect(service.jobs.size).toBe(1);
  expect((await client.jobs.get(id)).state).toBe(state);
  return id;
}

describe('a job whose command', () => {
  it('cannot write its result any more is named, with the way to the result', async () => {
    service.state.hold();
    const submitted = submit(at('film.mkv')).catch((error: unknown) => error);
    await expect.poll(() => service.calls.map(({ method }) => method)).toContain('DownloadResult');
    await rm(at('out'), { recursive: true });
    await writeFile(at('out'), 'a file now');
    service.state.go();
    expect(await submitted).toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    const [id] = service.jobs.keys();
    expect(told).toEqual([expect.stringContaining(`kinemacolor download ${id!} -o ELSEWHERE.mkv`)]);
    await client.jobs.wait(id!);
  });

  it('finds its result being downloaded leaves that alone', async () => {
    service.state.hold();
    let download: Promise<unknown> | undefined;
    const upload: Client['jobs']['upload'] = async (id, ...rest) => {
      download = client.jobs.download(id, at('out', 'film.mkv'));
      await expect.poll(() => service.calls.map(({ method }) => method)).toContain('DownloadResult');
      return client.jobs.upload(id, ...rest);
    };
    const submitted = submit(at('film.mkv'), { ...client, jobs: { ...client.jobs, upload } });
    await expect(submitted).rejects.toMatchObject({ code: 'ABORTED' });
    service.state.go();
    await download;
    expect(await readFile(at('out', 'film.mkv'))).toEqual(turned(FILM));
    expect(told).toEqual([expect.stringContaining(`kinemacolor download ${await onlyJob('succeeded')} `)]);
  });

  it('cannot read its film is cancelled, as nobody would go on with it', async () => {
    await expect(submit(at('out'))).rejects.toMatchObject({ code: 'IS_DIRECTORY' });
    await onlyJob('cancelled');
    expect(told).toEqual([]);
  });

  it('is stopped while it is being made is cancelled', async () => {
    const create: Client['jobs']['create'] = async (options, call) => {
      const job = await client.jobs.create(options);
      stop.abort();
      // The answer is on its way, and lost to whoever does not wait for it.
      await pause(50);
      call?.signal?.throwIfAborted();
      return job;
    };
    const submitted = submit(at('film.mkv'), { ...client, jobs: { ...client.jobs, create } });
    await expect(submitted).rejects.toMatchObject({ code: 'CANCELLED' });
    await onlyJob('cancelled');
  });

  it('is stopped is cancelled, and leaves nothing', async () => {
    service.state.hold();
    const submitted = submit(at('film.mkv'));
    await expect.poll(() => service.calls.map(({ method }) => method)).toContain('DownloadResult');
    stop.abort();
    await expect(submitted).rejects.toMatchObject({ code: 'CANCELLED' });
    const id = await onlyJob('cancelled');
    expect(await readdir(at('out'))).not.toContain(path.basename(partPath('film.mkv', id)));
  });
});
