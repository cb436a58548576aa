import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { JobState } from '@kinemacolor/contracts';
import { scratchDir } from '@kinemacolor/testing';
import { Status } from 'nice-grpc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientError, openClient, type ByteSource, type Client, type Colorization } from './index.js';
import { openFlakyLine, startTestService, turned, type TestService } from './testing/index.js';

const MIB = 2 ** 20;
const FILM = randomBytes(3 * MIB + 17);
let service: TestService;
let client: Client;
beforeEach(async () => {
  service = await startTestService();
  client = openClient({ address: service.address });
});
afterEach(() => {
  client.close();
  service.close();
});

/** The last number that a counter shows, once it has moved and moves no more. */
async function standstill(counter: () => number): Promise<number> {
  for (let last = -1; ;) {
    const now = counter();
    if (now === last && now > 0) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const onlyJob = (): JobState | undefined => [...service.jobs.values()].at(-1)?.now.state;

describe('a film as a stream', () => {
  it('comes back as parts: started, progress, previews and bytes, finished', async () => {
    const kinds: string[] = [];
    const bytes: Uint8Array[] = [];
    const film = client.colorize(FILM, { label: 'a film', subsampling: '444', container: 'mp4', saturation: 1.1 });
    for await (const part of film) {
      if (part.kind !== kinds.at(-1)) kinds.push(part.kind);
      if (part.kind === 'result') bytes.push(part.bytes);
      if (part.kind === 'preview')
        expect(part.preview).toEqual({ frame: 0, picture: Buffer.from([255, 216, 255, 217]) });
      if (part.kind === 'progress') expect(part.progress).toMatchObject({ framesPerSecond: 25, etaSeconds: 2.5 });
    }
    expect(kinds.slice(0, 4)).toEqual(['started', 'preview', 'result', 'progress']);
    expect(kinds.at(-1)).toBe('finished');
    expect(Buffer.concat(bytes).equals(turned(FILM))).toBe(true);
    expect(await film.finished).toMatchObject({ state: 'succeeded', resultBytes: FILM.length, label: 'a film' });
    expect((await film.finished).settings).toEqual({ subsampling: '444', container: 'mp4', saturation: 1.1 });
  });

  async function* pieces(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield FILM.subarray(0, 5);
    yield FILM.subarray(5);
  }
  it.each<[string, () => ByteSource]>([
    ['a Node stream', () => Readable.from([FILM], { objectMode: false })],
    ['a web stream', () => new Blob([FILM]).stream() as ByteSource],
    ['an async generator', pieces],
    ['bytes', () => new Uint8Array(FILM)],
  ])('is taken from %s and read as a Node stream', async (_, open) => {
    expect((await buffer(client.colorize(open()).result())).equals(turned(FILM))).toBe(true);
  });

  it('goes into a file that has its name only when it is whole', async () => {
    const folder = scratchDir();
    await writeFile(path.join(folder, 'in.mkv'), FILM);
    service.state.hold();
    const written = client.colorize(createReadStream(path.join(folder, 'in.mkv'))).toFile(path.join(folder, 'out.mkv'));
    await expect.poll(() => readdir(folder)).toHaveLength(2);
    expect(await readdir(folder)).not.toContain('out.mkv');
    service.state.go();
    expect(await written).toMatchObject({ state: 'succeeded' });
    expect((await readdir(folder)).sort()).toEqual(['in.mkv', 'out.mkv']);
    expect((await readFile(path.join(folder, 'out.mkv'))).equals(turned(FILM))).toBe(true);
  });

  it.each([1, FILM.length])(
    'whose source was cut off comes whole to a slow reader, and then the error (%i bytes)',
    async (length) => {
      service.state.cutShort = true;
      const film = client.colorize(FILM.subarray(0, length));
      const came: Uint8Array[] = [];
      const reading = (async () => {
        for await (const bytes of film.result() as AsyncIterable<Uint8Array>) {
          came.push(bytes);
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
      })();
      expect(await failureOf(reading)).toMatchObject({ code: 'DATA_LOSS', message: 'The film is cut off.' });
      expect(Buffer.concat(came).equals(turned(FILM.subarray(0, length)))).toBe(true);
      expect(await failureOf(film.finished)).toMatchObject({ code: 'DATA_LOSS' });
      const folder = scratchDir();
      expect(await failureOf(client.colorize(FILM).toFile(path.join(folder, 'out.mkv')))).toMatchObject({
        code: 'DATA_LOSS',
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('leaves no file when it fails, and closes the source when the file cannot be made', async () => {
    const folder = scratchDir();
    service.state.failure = { code: Status.INVALID_ARGUMENT, message: 'This is no film.' };
    const failure = await failureOf(client.colorize(FILM).toFile(path.join(folder, 'out.mkv')));
    expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'This is no film.', retriable: false });
    expect((failure as ClientError).jobId).toMatch(/^[0-9a-f]{32}$/);
    expect(await readdir(folder)).toEqual([]);

    const source = new PassThrough();
    const film = client.colorize(source);
    expect(await failureOf(film.toFile(path.join(folder, 'none', 'out.mkv')))).toMatchObject({ code: 'ENOENT' });
    expect(source.destroyed).toBe(true);
    expect(await failureOf(film.finished)).toMatchObject({ code: 'CANCELLED' });
  });

  it('is read once', () => {
    const film = client.colorize(FILM);
    film.result().destroy();
    expect(() => film.result()).toThrow('can be read once');
  });
});

describe('back-pressure', () => {
  const LONG = 256;
  const BOUND = 40 * MIB;
  let pulled = 0;
  async function* fast(): AsyncGenerator<Uint8Array> {
    for (pulled = 0; pulled < LONG * MIB; pulled += MIB) {
      await new Promise(setImmediate);
      yield new Uint8Array(MIB);
    }
  }

  it('a fast source waits for a service that takes nothing', async () => {
    service.state.hold();
    const film = client.colorize(fast());
    const read = failureOf(buffer(film.result()));
    expect(await standstill(() => pulled)).toBeLessThan(BOUND);
    expect(pulled).toBeGreaterThan(0);
    client.close();
    expect(await read).toMatchObject({ code: 'CANCELLED' });
  });

  it('a service waits for a reader that takes nothing, and the source with it', async () => {
    const parts = client.colorize(fast())[Symbol.asyncIterator]();
    await parts.next();
    expect(await standstill(() => service.state.given)).toBeLessThan(BOUND);
    expect(service.state.given).toBeGreaterThan(0);
    expect(pulled).toBeLessThan(2 * BOUND);
    await parts.return?.();
  });
});

describe('a stream that is ended early', () => {
  /** Ends each way of reading while it waits for a part that never comes. */
  it.each<[string, (film: Colorization, abort: AbortController) => Promise<unknown>]>([
    ['by break', async (film) => { for await (const part of film) if (part.kind === 'started') break; }], // prettier-ignore
    [
      'by its signal',
      async (film, abort) => {
        const read = buffer(film.result());
        await expect.poll(onlyJob).toBe(JobState.RUNNING);
        abort.abort(new Error('enough'));
        expect(await failureOf(read)).toMatchObject({ code: 'CANCELLED', cause: { message: 'enough' } });
      },
    ],
    [
      'by destroying the stream',
      async (film) => {
        const stream = film.result();
        stream.resume();
        await expect.poll(onlyJob).toBe(JobState.RUNNING);
        stream.destroy();
      },
    ],
  ])('%s cancels the job and closes the source', async (_, end) => {
    const abort = new AbortController();
    const source = new PassThrough();
    await new Promise((resolve) => setImmediate(resolve));
    const film = client.colorize(source, { signal: abort.signal });
    await end(film, abort);
    await expect.poll(onlyJob).toBe(JobState.CANCELLED);
    await expect.poll(() => source.destroyed).toBe(true);
    expect(await failureOf(film.finished)).toMatchObject({ code: 'CANCELLED' });
  });

  it('by an error of its source, which comes as it is', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield FILM;
      await expect.poll(onlyJob).toBe(JobState.RUNNING);
      throw new RangeError('the tape tore');
    }
    await expect(buffer(client.colorize(broken()).result())).rejects.toThrow(new RangeError('the tape tore'));
    await expect.poll(onlyJob).toBe(JobState.CANCELLED);
    const text = Readable.from(['text'], { encoding: 'utf8' });
    await expect(buffer(client.colorize(text).result())).rejects.toThrow('not bytes');
  });

  it('by its deadline', async () => {
    // Long enough for the call to arrive.
    const film = client.colorize(new PassThrough(), { deadlineMs: 2_000 });
    expect(await failureOf(buffer(film.result()))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await expect.poll(onlyJob).toBe(JobState.CANCELLED);
  });
});

it('a stream is not tried again by itself, and its error says so', async () => {
  service.refuse('Colorize', 1);
  const failure = await failureOf(buffer(client.colorize(FILM).result()));
  expect(failure).toBeInstanceOf(ClientError);
  expect(failure).toMatchObject({ code: 'UNAVAILABLE', retriable: true });
  expect((failure as ClientError).message).toMatch(/Not now\. A stream is not tried again by itself/);
  expect(service.calls.map(({ method }) => method)).toEqual(['Colorize']);
});

it('a stream whose service goes away ends in plain words, though the service comes back', async () => {
  const line = await openFlakyLine(service.port);
  const other = openClient({ address: line.address });
  const source = new PassThrough();
  const film = other.colorize(source, { onStarted: () => void line.cut().then(() => line.mend()) });
  source.write(FILM.subarray(0, 1000));
  const failure = await failureOf(buffer(film.result()));
  expect(failure).toMatchObject({ code: 'UNAVAILABLE', jobId: expect.any(String) as string });
  expect((failure as ClientError).message).toMatch(
    /^The connection to \S+ was lost\. A stream is not tried again .*submit a job, which outlives lost connections and restarts/,
  );
  expect(source.destroyed).toBe(true);
  expect(service.calls.map(({ method }) => method)).toEqual(['Colorize']);
  other.close();
  await line.close();
});

it('a word that is not known is refused before anything is sent', () => {
  expect(() => client.colorize(FILM, { container: 'avi' as 'mp4' })).toThrow(
    'container is matroska, mp4, mpegts, not "avi".',
  );
});
