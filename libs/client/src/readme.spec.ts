import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClientError, openClient as openRealClient, type Client, type ClientOptions, type Progress } from './index.js';
import { startTestService, turned, type TestService } from './testing/index.js';

const HERE = new URL('.', import.meta.url);
const FILM = Buffer.alloc(1_000_000, 'film');
const COLOURED = turned(FILM);
const TOKEN = 'secret';
const before = process.cwd();
let service: TestService;
let client: Client;
let said: unknown[][];

/** The examples name addresses of their own. */
const openClient = (options: ClientOptions): Client => {
  const { address } = service;
  return openRealClient({ ...options, address, tls: undefined, token: TOKEN });
};
const console = {
  log: (...words: unknown[]): void => void said.push(words),
  warn: (...words: unknown[]): void => void said.push(words),
  error: (...words: unknown[]): void => void said.push(words),
};

beforeAll(async () => {
  service = await startTestService({ token: TOKEN });
  vi.stubEnv('KINEMACOLOR_TOKEN', TOKEN);
  client = openClient({ address: '' });
  process.chdir(scratchDir());
  await writeFile('film.mkv', FILM);
});
afterAll(() => {
  process.chdir(before);
  vi.unstubAllEnvs();
  client.close();
  service.close();
});

describe('the examples of the README run', () => {
  it('a film into a file', async () => {
    said = [];
    // snippet
    const client = openClient({ address: '127.0.0.1:50051', token: process.env['KINEMACOLOR_TOKEN'] });
    const job = await client.colorize(createReadStream('film.mkv')).toFile('film-colour.mkv');
    console.log(`${job.progress.framesEncoded} frames`);
    client.close();
    // end
    expect(said).toEqual([[`${job.progress.framesEncoded} frames`]]);
    expect((await readFile('film-colour.mkv')).equals(COLOURED)).toBe(true);
  });

  it('a film as parts and as a Node stream', async () => {
    said = [];
    const sent: Uint8Array[] = [];
    const send = (bytes: Uint8Array): Promise<void> => Promise.resolve(void sent.push(bytes));
    const source = createReadStream('film.mkv');
    const camera = createReadStream('film.mkv');
    const { signal } = new AbortController();
    const shown: Progress[] = [];
    const show = (progress: Progress): void => void shown.push(progress);
    const player = new PassThrough().on('data', (bytes: Buffer) => played.push(bytes));
    const played: Buffer[] = [];
    // snippet
    for await (const part of client.colorize(source, { codec: 'h264', container: 'mp4' })) {
      if (part.kind === 'progress') console.log(part.progress.framesEncoded, part.progress.etaSeconds);
      if (part.kind === 'preview') await writeFile('preview.jpg', part.preview.picture);
      if (part.kind === 'result') await send(part.bytes);
    }

    const film = client.colorize(camera, { live: { maxDelayMs: 1000 }, signal, onProgress: show });
    await pipeline(film.result(), player);
    // end
    expect(Buffer.concat(sent).equals(COLOURED)).toBe(true);
    expect(Buffer.concat(played).equals(COLOURED)).toBe(true);
    expect((await readFile('preview.jpg')).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(said.at(-1)).toEqual([shown.length, 2.5]);
  });

  it('a job', async () => {
    said = [];
    // snippet
    const { id } = await client.jobs.submit('film.mkv', { saturation: 1.1, label: 'reel 3' });
    for await (const { state, progress } of client.jobs.watch(id)) console.log(state, progress.framesEncoded);
    await client.jobs.download(id, 'film-colour.mkv');

    for await (const { id, state, label } of client.jobs.list({ states: ['running'] })) console.log(id, state, label);
    await client.jobs.cancel(id);
    // end
    expect(said.at(-1)?.[0]).toBe('succeeded');
    expect((await readFile('film-colour.mkv')).equals(COLOURED)).toBe(true);
  });

  it('options and errors', async () => {
    said = [];
    const [ca, cert, key] = ['', '', ''];
    const id = 'nobody’s';
    const currentTrace = (): string => '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    service.refuse('WatchJob', 1);
    // snippet
    const client = openClient({
      address: 'https://colour.example:443',
      tls: { ca, cert, key },
      retries: { attempts: 3 },
      onRetry: ({ method, attempt, error }) => {
        console.warn(method, attempt, error.message);
      },
      metadata: () => ({ traceparent: currentTrace() }),
    });
    try {
      await client.jobs.wait(id, { deadlineMs: 60_000 });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      console.error(error.code, error.message, error.jobId, error.retriable);
    }
    // end
    client.close();
    expect(said).toEqual([
      ['WatchJob', 1, expect.stringContaining('Not now.')],
      ['NOT_FOUND', 'There is no job nobody’s.', id, false],
    ]);
    expect(service.calls.at(-1)?.metadata.get('traceparent')).toBe(currentTrace());
  });
});

it('the README shows these examples', async () => {
  const own = await readFile(new URL('readme.spec.ts', HERE), 'utf8');
  const readme = await readFile(new URL('../README.md', HERE), 'utf8');
  const ran = [...own.matchAll(/^ {4}\/\/ snippet\n([^]*?)^ {4}\/\/ end$/gm)].map(([, code]) =>
    code!.replaceAll(/^ {4}/gm, ''),
  );
  const shown = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code);
  expect(ran).toHaveLength(4);
  expect(shown).toEqual(ran);
});
