import path from 'node:path';
import {
  JobState,
  type ColorizeRequest,
  type ColorizeResponse,
  type DeepPartial,
  type LiveOptions,
} from '@kinemacolor/contracts';
import { endJob, showPreview, wholeResult, type StoredJob } from '@kinemacolor/jobs';
import { countMessages, keptBytes, KINDS, openByteWriter, readBytes } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { Status } from 'nice-grpc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeAs,
  eventually,
  failing,
  openTestGateway,
  openTestStore,
  someBytes,
  type ColorizationClient,
  type TestGateway,
  type TestStore,
} from './testing/test-gateway.js';

let store: TestStore;
let gateway: TestGateway;
beforeAll(async () => {
  store = await openTestStore(path.join(scratchDir(), 'nats'));
  gateway = await openTestGateway(store, { mostJobs: 100, mostSourceBytes: 2_000_000 });
});
afterAll(async () => {
  await gateway.service.drain();
  await store.close();
});

type Request = DeepPartial<ColorizeRequest>;
type Part = NonNullable<ColorizeResponse['part']>;

/** A client: what it sends is pushed by the test, what it gets is looked at as it comes. */
class Stream {
  readonly parts: Part[] = [];
  readonly abort = new AbortController();
  readonly done: Promise<void>;
  readonly #requests: (Request | 'end')[] = [];
  #wake: () => void = () => undefined;

  constructor(
    label: string,
    live?: DeepPartial<LiveOptions>,
    readonly how: { readonly client?: ColorizationClient; readonly betweenMs?: number } = {},
  ) {
    this.#requests.push({ part: { $case: 'options', value: { label, live } } });
    this.done = this.#read();
    this.done.catch(() => undefined);
  }

  send(source: Uint8Array): void {
    this.#requests.push({ part: { $case: 'source', value: source } });
    this.#wake();
  }

  end(): void {
    this.#requests.push('end');
    this.#wake();
  }

  get result(): Buffer {
    return Buffer.concat(this.parts.flatMap((part) => (part.$case === 'result' ? [part.value] : [])));
  }

  get resultBytes(): number {
    return this.parts.reduce((sum, part) => sum + (part.$case === 'result' ? part.value.byteLength : 0), 0);
  }

  async id(): Promise<string> {
    const started = await eventually('the job starts', () =>
      Promise.resolve(this.parts.find((part) => part.$case === 'started')),
    );
    return started.value.id;
  }

  async *#sent(): AsyncGenerator<Request> {
    for (;;) {
      const next = this.#requests.shift();
      if (next === 'end') return;
      if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else yield next;
    }
  }

  async #read(): Promise<void> {
    const { client = gateway.client, betweenMs } = this.how;
    for await (const { part } of client.colorize(this.#sent(), { signal: this.abort.signal })) {
      if (part !== undefined) this.parts.push(part);
      if (betweenMs !== undefined) await new Promise((resolve) => setTimeout(resolve, betweenMs));
    }
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const one of source) seen.push(one);
  return seen;
}

const isEmpty = async (job: string): Promise<true | undefined> => {
  for (const kind of KINDS) if ((await countMessages(store.connection, kind, job)) > 0) return undefined;
  return true;
};

const told = (id: string, change: (job: StoredJob['job']) => Partial<StoredJob['job']>): Promise<unknown> =>
  store.jobs.update(id, (now) => ({ ...now, job: { ...now.job, ...change(now.job) } }));

/** What decoder and encoder do with a source that was cut off. */
async function endCutShort(id: string, result: Uint8Array): Promise<void> {
  const cutShort = { code: Status.DATA_LOSS, message: 'It is cut off.', frame: undefined };
  const record = await store.jobs.update(id, (now) => ({ ...now, cutShort, framesTotal: 1 }));
  const writer = await openByteWriter(store.connection, 'result', id);
  await writer.write(result);
  await writer.finish();
  await endJob(store.jobs, id, wholeResult(record!));
}

describe('a stream', () => {
  it('runs from the first byte on, and gives back colour as it comes, and leaves nothing', async () => {
    const stream = new Stream('whole');
    const id = await stream.id();
    expect(stream.parts[0]).toMatchObject({ $case: 'started', value: { state: JobState.RUNNING, label: 'whole' } });
    expect(await countMessages(store.connection, 'decode', id)).toBe(1);

    // Source arrives while more is yet to come.
    const source = someBytes(900_000);
    for (let at = 0; at < 450_000; at += 1000) stream.send(source.subarray(at, at + 1000));
    const stop = new AbortController();
    const kept: Uint8Array[] = [];
    const decoding = (async () => {
      for await (const part of readBytes(store.connection, 'source', id, { signal: stop.signal })) kept.push(part);
    })();
    await eventually('the half is kept', async () =>
      (await keptBytes(store.connection, 'source', id)).bytes === 450_000 ? true : undefined,
    );
    // Fewer writes than pieces: what comes during one goes with the next.
    expect(await countMessages(store.connection, 'source', id)).toBeLessThan(450);

    const writer = await openByteWriter(store.connection, 'result', id);
    const result = someBytes(700_000, 9);
    await writer.write(result.subarray(0, 300_000));
    await eventually('colour comes back', () => Promise.resolve(stream.result.byteLength === 300_000 || undefined));
    await told(id, () => ({ progress: { framesDecoded: 30, framesColoured: 20, framesEncoded: 10, framesPerSecond: 5, eta: undefined, framesGrey: 0, framesHeld: 0 } })); // prettier-ignore
    await eventually('progress is told', () => Promise.resolve(stream.parts.find((part) => part.$case === 'progress')));
    await eventually('a preview is shown', () => {
      showPreview(store.connection, id, { frame: 3, picture: Uint8Array.of(255, 216) });
      return Promise.resolve(stream.parts.find((part) => part.$case === 'preview'));
    });

    for (let at = 450_000; at < 900_000; at += 450_000) stream.send(source.subarray(at, at + 450_000));
    stream.end();
    await decoding;
    expect(Buffer.concat(kept).equals(source)).toBe(true);
    await writer.write(result.subarray(300_000));
    await writer.finish();
    await endJob(store.jobs, id, { state: JobState.SUCCEEDED });
    await stream.done;
    expect(stream.result.equals(result)).toBe(true);
    expect(stream.parts.at(-1)).toMatchObject({
      $case: 'finished',
      value: { state: JobState.SUCCEEDED, resultBytes: 700_000, sourceBytes: 900_000 },
    });
    await eventually('nothing is left', () => isEmpty(id));
    await expect(gateway.client.downloadResult({ jobId: id })[Symbol.asyncIterator]().next()).rejects.toEqual(failing(Status.NOT_FOUND, /no longer/)); // prettier-ignore
  });

  it('tells progress at most four times a second, and the last one', async () => {
    const stream = new Stream('progress');
    const id = await stream.id();
    const began = performance.now();
    for (let framesEncoded = 1; framesEncoded <= 40; framesEncoded++) {
      await told(id, () => ({ progress: { framesDecoded: 0, framesColoured: 0, framesEncoded, framesPerSecond: 0, eta: undefined, framesGrey: 0, framesHeld: 0 } })); // prettier-ignore
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const encoded = (): number[] =>
      stream.parts.flatMap((part) => (part.$case === 'progress' ? [part.value.framesEncoded] : []));
    await eventually('the last is told', () => Promise.resolve(encoded().at(-1) === 40 || undefined));
    expect(encoded().length).toBeLessThanOrEqual(Math.ceil((performance.now() - began) / 250) + 1);
    stream.abort.abort();
  });

  it('whose client goes is cancelled, and purged', async () => {
    const stream = new Stream('left');
    const id = await stream.id();
    stream.send(someBytes(100_000));
    const writer = await openByteWriter(store.connection, 'result', id);
    await writer.write(someBytes(100));
    await eventually('it is under way', () => Promise.resolve(stream.result.byteLength > 0 || undefined));
    stream.abort.abort();
    await expect(stream.done).rejects.toThrow();
    const ended = await eventually('the job is cancelled', async () => {
      const record = await store.jobs.get(id);
      return record?.job.state === JobState.RUNNING ? undefined : record;
    });
    expect(ended.job.state).toBe(JobState.CANCELLED);
    await eventually('nothing is left', () => isEmpty(id));
  });

  it('whose client goes before its source is whole is no shorter film', async () => {
    const stream = new Stream('cut');
    const id = await stream.id();
    stream.send(someBytes(1000));
    await eventually('it is kept', async () => (await keptBytes(store.connection, 'source', id)).bytes || undefined);
    let whole = false;
    const stop = new AbortController();
    const decoding = (async () => {
      await all(readBytes(store.connection, 'source', id, { signal: stop.signal }));
      whole = !stop.signal.aborted;
    })();
    stream.abort.abort();
    await eventually('the job is cancelled', async () =>
      (await store.jobs.get(id))?.job.state === JobState.CANCELLED ? true : undefined,
    );
    stop.abort();
    await decoding;
    expect(whole).toBe(false);
  });

  it('whose job fails ends with its code and words', async () => {
    const stream = new Stream('fails');
    const id = await stream.id();
    stream.send(someBytes(1000));
    const error = { code: Status.INVALID_ARGUMENT, message: 'This is no film.', frame: undefined };
    await endJob(store.jobs, id, { state: JobState.FAILED, error });
    await expect(stream.done).rejects.toEqual(failing(Status.INVALID_ARGUMENT, /^This is no film\.$/));
    await eventually('nothing is left', () => isEmpty(id));
  });

  it('whose source was cut off gives all of the result, also to a slow client, and then says so', async () => {
    const stream = new Stream('cut off', undefined, { betweenMs: 20 });
    const id = await stream.id();
    stream.end();
    const result = someBytes(1_500_000);
    await endCutShort(id, result);
    await stream.done;
    expect(stream.result.equals(result)).toBe(true);
    const error = { code: Status.DATA_LOSS, message: 'It is cut off.' };
    expect(stream.parts.at(-1)).toMatchObject({ $case: 'finished', value: { state: JobState.FAILED, error, resultBytes: 1_500_000 } }); // prettier-ignore
    await eventually('nothing is left', () => isEmpty(id));
  });

  it('whose source was cut off is downloaded by a client whose stream broke', async () => {
    const other = await openTestGateway(store, { graceSeconds: 5 });
    const stream = new Stream('moved', undefined, { client: other.client });
    const id = await stream.id();
    await other.service.drain();
    await expect(stream.done).rejects.toEqual(failing(Status.UNAVAILABLE, /./));
    const result = someBytes(600_000);
    const parts = all(gateway.client.downloadResult({ jobId: id }));
    await endCutShort(id, result);
    expect(Buffer.concat((await parts).map((part) => part.result)).equals(result)).toBe(true);
    expect(Buffer.concat((await all(gateway.client.downloadResult({ jobId: id, offset: 7 }))).map((part) => part.result)).equals(result.subarray(7))).toBe(true); // prettier-ignore
    expect((await gateway.client.getJob({ jobId: id })).job).toMatchObject({ state: JobState.FAILED, resultBytes: 600_000 }); // prettier-ignore
  });

  it('can be cancelled by its id', async () => {
    const stream = new Stream('cancelled');
    await gateway.client.cancelJob({ jobId: await stream.id() });
    await expect(stream.done).rejects.toEqual(failing(Status.CANCELLED, /was cancelled/));
  });

  it('with too many bytes is ended at the limit', async () => {
    const stream = new Stream('large');
    const id = await stream.id();
    for (let i = 0; i < 5; i++) stream.send(someBytes(500_000));
    await expect(stream.done).rejects.toEqual(failing(Status.RESOURCE_EXHAUSTED, /more than 2000000 bytes/));
    expect((await store.jobs.get(id))!.job).toMatchObject({ state: JobState.FAILED, error: { code: Status.RESOURCE_EXHAUSTED } }); // prettier-ignore
    await eventually('nothing is left', () => isEmpty(id));
  });

  it('without an end has no limit of bytes, and keeps little of its result', async () => {
    const stream = new Stream('live', { maxDelay: { seconds: 1 } });
    const id = await stream.id();
    expect((await store.jobs.get(id))!.live).toMatchObject({ maxDelay: { seconds: 1 } });
    for (let i = 0; i < 5; i++) stream.send(someBytes(500_000));
    await eventually('more than the limit is kept', async () =>
      (await keptBytes(store.connection, 'source', id)).bytes === 2_500_000 ? true : undefined,
    );
    const writer = await openByteWriter(store.connection, 'result', id);
    const piece = someBytes(2 ** 22);
    for (let i = 0; i < 6; i++) await writer.write(piece);
    await eventually('all is delivered', () => Promise.resolve(stream.resultBytes === 6 * 2 ** 22 || undefined));
    await eventually('the first part is gone', async () =>
      (await countMessages(store.connection, 'result', id)) < 48 ? true : undefined,
    );
    const load = (offset: number): Promise<{ done?: boolean }> =>
      gateway.client.downloadResult({ jobId: id, offset })[Symbol.asyncIterator]().next();
    await expect(load(0)).rejects.toEqual(failing(Status.OUT_OF_RANGE, /no longer all kept/));
    expect((await load(5 * 2 ** 22)).done).not.toBe(true);
    stream.abort.abort();
  });

  it('gets the whole result when its source had more to come', async () => {
    const stream = new Stream('early');
    const id = await stream.id();
    stream.send(someBytes(1000));
    await encodeAs(store, id, someBytes(200));
    await stream.done;
    expect(stream.result.byteLength).toBe(200);
  });

  it.each<[string, Request[], RegExp]>([
    ['nothing', [], /^options/],
    ['bytes before the options', [{ part: { $case: 'source', value: Uint8Array.of(1) } }], /^options/],
    ['a bad setting', [{ part: { $case: 'options', value: { settings: { codec: 'vp9' } } } }], /^settings\.codec/],
    ['an endless delay', [{ part: { $case: 'options', value: { live: { maxDelay: { seconds: 61 } } } } }], /^live\.max_delay/], // prettier-ignore
    [
      'options twice',
      [{ part: { $case: 'options', value: {} } }, { part: { $case: 'options', value: {} } }],
      /^part: After the options/,
    ],
  ])('that begins with %s is refused', async (_, requests, words) => {
    const sent = async function* (): AsyncGenerator<Request> {
      await Promise.resolve();
      yield* requests;
    };
    await expect(all(gateway.client.colorize(sent()))).rejects.toEqual(failing(Status.INVALID_ARGUMENT, words));
  });
});
