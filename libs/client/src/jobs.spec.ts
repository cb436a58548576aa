import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { scratchDir } from '@kinemacolor/testing';
import { Status } from 'nice-grpc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClient, partPath, type Client, type Job, type JobState, type Retry } from './index.js';
import { openFlakyLine, startTestService, turned, type FlakyLine, type TestService } from './testing/index.js';

const MIB = 2 ** 20;
const FILM = randomBytes(20 * MIB + 17);
const folder = scratchDir();
let service: TestService;
let line: FlakyLine;
let client: Client;
let retries: Retry[];
beforeEach(async () => {
  service = await startTestService();
  line = await openFlakyLine(service.port);
  retries = [];
  const onRetry = (retry: Retry): void => void retries.push(retry);
  client = openClient({ address: line.address, retries: { firstDelayMs: 20, mostDelayMs: 500 }, onRetry });
});
afterEach(async () => {
  client.close();
  await line.close();
  service.close();
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('jobs', () => {
  it('are submitted from a file, watched to their end, and downloaded', async () => {
    const film = path.join(folder, 'film.mkv');
    await writeFile(film, FILM);
    const told: number[] = [];
    const submitted = await client.jobs.submit(film, { label: 'mine', crf: 20, jobDeadlineMs: 60_000 }, {
      onProgress: ({ bytes, total }) => {
        expect(total).toBe(FILM.length);
        told.push(bytes);
      },
    }); // prettier-ignore
    expect(told.at(-1)).toBe(FILM.length);
    expect(submitted).toMatchObject({ label: 'mine', settings: { crf: 20 }, sourceBytes: FILM.length });

    const states: JobState[] = [];
    for await (const { state } of client.jobs.watch(submitted.id)) if (state !== states.at(-1)) states.push(state);
    expect(states.at(-1)).toBe('succeeded');
    const out = path.join(folder, 'out.mkv');
    const done = await client.jobs.download(submitted.id, out);
    expect(done).toMatchObject({ id: submitted.id, state: 'succeeded', resultBytes: FILM.length });
    expect((await readFile(out)).equals(turned(FILM))).toBe(true);
    expect(await readdir(folder)).toEqual(expect.not.arrayContaining([path.basename(partPath(out, done.id))]));
    expect(done.created).toBeInstanceOf(Date);
    expect(await client.jobs.get(done.id)).toEqual(done);
  });

  it('are listed page by page, newest first, by state', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await client.jobs.create({ label: String(i) })).id);
    await client.jobs.cancel(ids[2]!);
    expect((await all(client.jobs.list({ pageSize: 2 }))).map(({ id }) => id)).toEqual(ids);
    expect(service.calls.filter(({ method }) => method === 'ListJobs')).toHaveLength(3);
    const cancelled = await all(client.jobs.list({ states: ['cancelled'] }));
    expect(cancelled.map(({ id }) => id)).toEqual([ids[2]]);
  });

  it('that failed, were cancelled, or never were: each is an error with its words', async () => {
    service.state.failure = { code: Status.DATA_LOSS, message: 'The film is cut short.' };
    const { id } = await client.jobs.submit(FILM.subarray(0, 100));
    const failed = { code: 'DATA_LOSS', message: 'The film is cut short.', jobId: id };
    await expect(client.jobs.wait(id)).rejects.toMatchObject(failed);
    await expect(client.jobs.download(id, path.join(folder, 'none.mkv'))).rejects.toMatchObject(failed);
    const waiting = await client.jobs.create();
    expect(await client.jobs.cancel(waiting.id)).toMatchObject({ state: 'cancelled' });
    const cancelled = { code: 'CANCELLED', message: 'The job was cancelled.' };
    await expect(client.jobs.wait(waiting.id)).rejects.toMatchObject(cancelled);
    await expect(client.jobs.upload(waiting.id, FILM)).rejects.toMatchObject(cancelled);
    await expect(client.jobs.get('none')).rejects.toMatchObject({ code: 'NOT_FOUND', jobId: 'none', retriable: false });
  });

  it('are made once, however often the answer is lost', async () => {
    service.refuse('CreateJob', 2);
    const first = await client.jobs.create({ idempotencyKey: 'one' });
    expect((await client.jobs.create({ idempotencyKey: 'one' })).id).toBe(first.id);
    expect((await client.jobs.create()).id).not.toBe(first.id);
    expect(service.jobs.size).toBe(2);
    expect(retries.map(({ method, attempt }) => [method, attempt])).toEqual([
      ['CreateJob', 1],
      ['CreateJob', 2],
    ]);
  });
});

describe('an upload', () => {
  /** Cuts the line for a while once so many bytes are kept, and then again. */
  async function cutTwice(at: readonly number[]): Promise<void> {
    for (const bytes of at) {
      await expect.poll(() => service.state.taken, { interval: 1 }).toBeGreaterThan(bytes);
      await line.cut();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await line.mend();
    }
  }

  it('goes on after a lost connection with what the service has not kept', async () => {
    const offsets: number[] = [];
    const slow = async function* (offset: number): AsyncGenerator<Uint8Array> {
      offsets.push(offset);
      for (let at = offset; at < FILM.length; at += 100_000) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield FILM.subarray(at, at + 100_000);
      }
    };
    const cuts = cutTwice([MIB, 8 * MIB]);
    const job = await client.jobs.submit(slow);
    await cuts;
    expect(offsets.length).toBeGreaterThanOrEqual(3);
    expect(offsets.at(-1)).toBeGreaterThan(8 * MIB);
    expect(service.state.taken).toBe(FILM.length);
    expect(Buffer.concat(service.jobs.get(job.id)!.source).equals(FILM)).toBe(true);
    expect(retries.some(({ method }) => method === 'UploadSource')).toBe(true);
  });

  it('that is stopped may be gone on with later, and is not taken for whole', async () => {
    const { id } = await client.jobs.create();
    const abort = new AbortController();
    const source = new PassThrough();
    source.write(FILM.subarray(0, 1000));
    const upload = client.jobs.upload(id, () => source, { signal: abort.signal });
    await expect.poll(() => service.state.taken).toBe(1000);
    abort.abort();
    await expect(upload).rejects.toMatchObject({ code: 'CANCELLED', jobId: id });
    expect(source.destroyed).toBe(true);
    expect(await client.jobs.get(id)).toMatchObject({ state: 'uploading', sourceBytes: 1000 });
    await client.jobs.upload(id, FILM.subarray(0, 5000));
    expect(await client.jobs.wait(id)).toMatchObject({ resultBytes: 5000 });
    expect(Buffer.concat(service.jobs.get(id)!.source).equals(FILM.subarray(0, 5000))).toBe(true);
  });

  it('whose answer was lost is not sent again', async () => {
    const { id } = await client.jobs.submit(FILM.subarray(0, 5000));
    expect(await client.jobs.upload(id, FILM.subarray(0, 5000))).toMatchObject({ id });
    expect(service.state.taken).toBe(5000);
  });

  it('ends with the errors of its source as they are, and of the service at once', async () => {
    await expect(client.jobs.submit(path.join(folder, 'none.mkv'))).rejects.toMatchObject({ code: 'ENOENT' });
    const small = await startTestService({ mostBytes: 1000 });
    const other = openClient({ address: small.address });
    const refused = { code: 'RESOURCE_EXHAUSTED', message: 'The source has more than 1000 bytes.' };
    await expect(other.jobs.submit(FILM)).rejects.toMatchObject(refused);
    expect(small.calls.filter(({ method }) => method === 'UploadSource')).toHaveLength(1);
    other.close();
    small.close();
    const { id } = await client.jobs.create();
    const abort = new AbortController();
    const upload = client.jobs.upload(id, () => neverEnding(), { signal: abort.signal }).catch(() => undefined);
    await expect.poll(() => service.jobs.get(id)!.now.sourceBytes).toBeGreaterThan(1);
    abort.abort();
    await upload;
    await expect(client.jobs.upload(id, FILM.subarray(0, 1))).rejects.toThrow('it was another one');
  });

  async function* neverEnding(): AsyncGenerator<Uint8Array> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield FILM.subarray(0, 1000);
    }
  }
});

describe('a watch', () => {
  it('goes on after a lost connection, and gives previews', async () => {
    service.state.hold();
    const { id } = await client.jobs.submit(FILM.subarray(0, MIB));
    const frames: number[] = [];
    const seen: Job[] = [];
    const watched = (async () => {
      for await (const job of client.jobs.watch(id, { onPreview: ({ frame }) => frames.push(frame) })) seen.push(job);
    })();
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    await line.cut();
    service.state.go();
    await expect.poll(() => service.jobs.get(id)?.ended).toBe(true);
    await line.mend();
    await watched;
    expect(seen.at(-1)).toMatchObject({ state: 'succeeded', resultBytes: MIB });
    expect(frames).toEqual([7, 7]);
  });

  it('gives up after so many attempts in a row, and at once at its signal', async () => {
    const few = openClient({ address: line.address, retries: { attempts: 2, firstDelayMs: 1 } });
    const { id } = await few.jobs.create();
    await line.cut();
    await expect(all(few.jobs.watch(id))).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true, jobId: id });
    few.close();
    const abort = new AbortController();
    const waiting = client.jobs.wait(id, { signal: abort.signal });
    await expect.poll(() => retries.length).toBeGreaterThan(1);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await line.mend();
  });
});

describe('a download', () => {
  const submit = async (): Promise<string> => {
    const { id } = await client.jobs.submit(FILM);
    await client.jobs.wait(id);
    return id;
  };

  it('goes on after a lost connection where it was', async () => {
    const id = await submit();
    const slow = new PassThrough({ highWaterMark: 1 });
    const whole = client.jobs.download(id, slow);
    const parts: Buffer[] = [];
    let [bytes, cuts] = [0, 0];
    for await (const part of slow as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (cuts === 0 && bytes > 5 * MIB) {
        cuts += 1;
        await line.cut();
        await line.mend();
      }
    }
    expect(await whole).toMatchObject({ id });
    expect(Buffer.concat(parts).equals(turned(FILM))).toBe(true);
    expect(retries.map(({ method }) => method)).toContain('DownloadResult');
    // What lay on the way was sent again, not the whole.
    expect(service.state.given).toBeLessThan(2 * FILM.length - 5 * MIB);
  });

  it('to a file goes on with what an earlier one left', async () => {
    const id = await submit();
    const out = path.join(folder, 'later.mkv');
    const abort = new AbortController();
    const onProgress = (bytes: number): void => {
      if (bytes > MIB) abort.abort();
    };
    await expect(client.jobs.download(id, out, { signal: abort.signal, onProgress })).rejects.toMatchObject({ code: 'CANCELLED' }); // prettier-ignore
    const kept = (await readFile(partPath(out, id))).length;
    expect(kept).toBeGreaterThan(MIB);
    const told: number[] = [];
    await client.jobs.download(id, out, { onProgress: (bytes) => told.push(bytes) });
    expect(told[0]).toBeGreaterThan(kept);
    expect((await readFile(out)).equals(turned(FILM))).toBe(true);
    expect(await readdir(folder)).not.toContain(path.basename(partPath(out, id)));
  });

  it('of a job that has given nothing leaves nothing, and of an empty result an empty file', async () => {
    const { id } = await client.jobs.create();
    await client.jobs.cancel(id);
    const out = path.join(folder, 'cancelled.mkv');
    await expect(client.jobs.download(id, out)).rejects.toThrow('The job has no result');
    expect((await readdir(folder)).filter((name) => name.includes('cancelled'))).toEqual([]);
    const empty = await client.jobs.create();
    await client.jobs.upload(empty.id, new Uint8Array());
    await client.jobs.download(empty.id, out);
    expect(await readFile(out)).toHaveLength(0);
  });

  it('of a job that has nothing to give yet outlives more lost connections than are allowed in a row', async () => {
    const two = openClient({ address: line.address, retries: { attempts: 2, firstDelayMs: 20 } });
    const { id } = await two.jobs.create();
    const bytes = buffer(two.jobs.result(id));
    const opened = (): number => service.calls.filter(({ method }) => method === 'DownloadResult').length;
    for (let i = 0; i < 4; i++) {
      // It counts as one that was open only after a second.
      await expect.poll(opened).toBeGreaterThan(i);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await line.cut();
      await line.mend();
    }
    await client.jobs.upload(id, FILM.subarray(0, 5000));
    expect((await bytes).equals(turned(FILM.subarray(0, 5000)))).toBe(true);
    two.close();
  });

  it('of a job that still runs grows with it', async () => {
    service.state.hold();
    const { id } = await client.jobs.create();
    const bytes = buffer(client.jobs.result(id, { offset: 10 }));
    service.state.go();
    await client.jobs.upload(id, () => createReadStream(path.join(folder, 'film.mkv')));
    expect((await bytes).equals(turned(FILM).subarray(10))).toBe(true);
  });
});
