import { once } from 'node:events';

import { type Client, ClientError, createChannel, createClient, createServer, ServerError, Status } from 'nice-grpc';
import type { ServiceImplementation } from 'nice-grpc';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { ColorizationServiceDefinition, ColorizeRequest, Job, JobState } from './index.js';

const CHUNK = 512 * 1024;
const aborted: string[] = [];
/** What a newer version would have written: the job with a field 15001, and its progress too. */
const NEWER = new Uint8Array([
  ...Job.encode(Job.create({ id: 'newer', state: JobState.RUNNING })).finish(),
  ...[0x22, 0x04, 0xc8, 0xa9, 0x07, 0x05],
  ...[0xc8, 0xa9, 0x07, 0x07],
]);

const missing = (): never => {
  throw new ServerError(Status.UNIMPLEMENTED, 'Not in this test.');
};

/** Gives back each part of the source as it comes. */
const echo: ServiceImplementation<ColorizationServiceDefinition> = {
  async *colorize(requests) {
    let size = 0;
    for await (const { part } of requests) {
      if (part?.$case === 'options') {
        yield { part: { $case: 'started', value: { id: part.value.label, state: JobState.RUNNING } } };
      } else if (part?.$case === 'source') {
        size += part.value.length;
        yield { part: { $case: 'result', value: part.value } };
      }
    }
    yield { part: { $case: 'finished', value: { state: JobState.SUCCEEDED, resultBytes: size } } };
  },
  getJob({ jobId }) {
    if (jobId !== 'newer') throw new ServerError(Status.NOT_FOUND, `There is no job ${jobId}.`);
    return Promise.resolve({ job: Job.decode(NEWER) });
  },
  async *watchJob({ jobId }, { signal }) {
    yield { part: { $case: 'job', value: { id: jobId } } };
    if (!signal.aborted) await once(signal, 'abort');
    aborted.push(jobId);
  },
  createJob: missing,
  uploadSource: missing,
  listJobs: missing,
  cancelJob: missing,
  downloadResult: missing,
};

const server = createServer();
let channel: ReturnType<typeof createChannel>;
let client: Client<ColorizationServiceDefinition>;

beforeAll(async () => {
  server.add(ColorizationServiceDefinition, echo);
  const port = await server.listen('127.0.0.1:0');
  channel = createChannel(`127.0.0.1:${port}`);
  client = createClient(ColorizationServiceDefinition, channel);
});

afterAll(async () => {
  channel.close();
  await server.shutdown();
});

test('a film goes out and comes back in one call, both ways at once', async () => {
  const sent = Array.from({ length: 6 }, (_, index) => new Uint8Array(CHUNK).fill(index + 1));
  const answers = client.colorize(requests())[Symbol.asyncIterator]();
  const next = async () => {
    const { value } = (await answers.next()) as IteratorYieldResult<{ part: unknown }>;
    return value.part as ColorizeRequestPart;
  };
  // One for each part: whoever comes to it first, the part or who lets it pass.
  const gates = sent.map(() => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { open, opened };
  });
  async function* requests(): AsyncGenerator<ColorizeRequest> {
    yield ColorizeRequest.create({ part: { $case: 'options', value: { label: 'film' } } });
    for (const [index, source] of sent.entries()) {
      // The next part only leaves once the answer to the one before is here: neither side waits for the other's end.
      await gates[index]!.opened;
      yield ColorizeRequest.create({ part: { $case: 'source', value: source } });
    }
  }
  type ColorizeRequestPart = {
    $case: string;
    value: Uint8Array & { id: string; resultBytes: number; state: JobState };
  };

  expect(await next()).toMatchObject({ $case: 'started', value: { id: 'film', state: JobState.RUNNING } });
  for (const [index, source] of sent.entries()) {
    gates[index]!.open();
    const { $case, value } = await next();
    expect($case).toBe('result');
    expect(Buffer.compare(value, source)).toBe(0);
  }
  expect(await next()).toMatchObject({ $case: 'finished', value: { resultBytes: 6 * CHUNK } });
  expect(await answers.next()).toMatchObject({ done: true });
});

test('a status arrives as its code and words', async () => {
  const failure = await client.getJob({ jobId: 'gone' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ClientError);
  expect(failure).toMatchObject({ code: Status.NOT_FOUND, details: 'There is no job gone.' });
});

test('what a newer service wrote passes through an older one', async () => {
  const { job } = await client.getJob({ jobId: 'newer' });
  expect(job).toMatchObject({ id: 'newer', state: JobState.RUNNING });
  expect(Buffer.from(Job.encode(job!).finish())).toEqual(Buffer.from(NEWER));
});

test('a client that goes is noticed', async () => {
  const abort = new AbortController();
  await expect(async () => {
    for await (const { part } of client.watchJob({ jobId: 'left' }, { signal: abort.signal })) {
      expect(part?.$case).toBe('job');
      abort.abort();
    }
  }).rejects.toThrow('aborted');
  await expect.poll(() => aborted).toEqual(['left']);
});
