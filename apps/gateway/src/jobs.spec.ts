import path from 'node:path';
import {
  Container,
  JobState,
  type Job,
  type UploadSourceRequest,
  type DeepPartial,
  type WatchJobResponse,
} from '@kinemacolor/contracts';
import { endJob, showPreview } from '@kinemacolor/jobs';
import { countMessages, keptBytes, openByteWriter, readBytes } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { Status } from 'nice-grpc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeAs,
  eventually,
  failing,
  openModelsClient,
  openTestGateway,
  openTestStore,
  someBytes,
  type ColorizationClient,
  type TestGateway,
  type TestStore,
} from './testing/test-gateway.js';

let store: TestStore;
let gateways: [TestGateway, TestGateway];
/** Two gateways: what one begins the other goes on with. */
let client: ColorizationClient;
let other: ColorizationClient;
beforeAll(async () => {
  store = await openTestStore(path.join(scratchDir(), 'nats'));
  gateways = [await openTestGateway(store, { mostJobs: 1000 }), await openTestGateway(store, { mostJobs: 1000 })];
  [client, other] = [gateways[0].client, gateways[1].client];
});
afterAll(async () => {
  for (const { service } of gateways) await service.drain();
  await store.close();
});

type Upload = DeepPartial<UploadSourceRequest>;
const film = someBytes(1_300_000);

async function* upload(jobId: string, offset: number, bytes: Uint8Array, size?: number): AsyncGenerator<Upload> {
  yield { part: { $case: 'target', value: { jobId, offset } } };
  for (let at = 0; at < bytes.byteLength; at += 300_000) {
    await Promise.resolve();
    yield { part: { $case: 'source', value: bytes.subarray(at, at + 300_000) } };
  }
  if (size !== undefined) yield { part: { $case: 'end', value: { size } } };
}

async function created(label = ''): Promise<Job> {
  const { job } = await client.createJob({ label });
  return job!;
}

async function uploaded(label = ''): Promise<Job> {
  const { id } = await created(label);
  return (await client.uploadSource(upload(id, 0, film, film.byteLength))).job!;
}

async function download(id: string, offset = 0, from = client): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { result } of from.downloadResult({ jobId: id, offset })) parts.push(result);
  return Buffer.concat(parts);
}

describe('a job', () => {
  it('is made with every setting resolved, and waits for its source', async () => {
    const job = await created('my film');
    expect(job.id).toMatch(/^[0-9a-f]{32}$/);
    expect(job).toMatchObject({ state: JobState.UPLOADING, label: 'my film', sourceBytes: 0, resultBytes: 0 });
    expect(job.settings).toMatchObject({
      model: 'fast',
      renderSize: 192,
      codec: 'h264',
      container: Container.MATROSKA,
    });
    const record = await store.jobs.get(job.id);
    expect(record).toMatchObject({
      attached: false,
      owner: '',
      keep: { seconds: 86_400 },
      allowed: { seconds: 43_200 },
    });
    expect(await countMessages(store.connection, 'decode', job.id)).toBe(0);
  });

  it('goes through: uploaded at one gateway, watched and downloaded at another', async () => {
    const job = await uploaded();
    expect(job).toMatchObject({ state: JobState.QUEUED, sourceBytes: film.byteLength });
    expect(await countMessages(store.connection, 'decode', job.id)).toBe(1);
    expect(await countMessages(store.connection, 'encode', job.id)).toBe(1);
    const kept: Uint8Array[] = [];
    const { signal } = new AbortController();
    for await (const part of readBytes(store.connection, 'source', job.id, { signal })) kept.push(part);
    expect(Buffer.concat(kept).equals(film)).toBe(true);

    const states: JobState[] = [];
    const watching = (async () => {
      for await (const { part } of other.watchJob({ jobId: job.id }))
        if (part?.$case === 'job') states.push(part.value.state);
    })();
    await eventually('it watches', () => Promise.resolve(states.length > 0 || undefined));
    const result = someBytes(1_000_000, 5);
    const loading = download(job.id, 0, other);
    await store.jobs.update(job.id, (now) => ({ ...now, job: { ...now.job, state: JobState.RUNNING } }));
    await eventually('the change is seen', () => Promise.resolve(states.includes(JobState.RUNNING) || undefined));
    await encodeAs(store, job.id, result);
    await watching;
    expect([states[0], states.at(-1)]).toEqual([JobState.QUEUED, JobState.SUCCEEDED]);
    expect((await loading).equals(result)).toBe(true);
    expect((await download(job.id, 999_990)).equals(result.subarray(999_990))).toBe(true);
    expect((await download(job.id, 1_000_000)).byteLength).toBe(0);
    await expect(download(job.id, 1_000_001)).rejects.toEqual(failing(Status.OUT_OF_RANGE, /1000000 bytes/));
    const { job: after } = await client.getJob({ jobId: job.id });
    expect(after).toMatchObject({ state: JobState.SUCCEEDED, resultBytes: 1_000_000, sourceBytes: film.byteLength });
    expect(after!.expires!.getTime() - after!.finished!.getTime()).toBe(86_400_000);
    // What it left is purged, and the result stays.
    await eventually('no source is left', async () =>
      (await countMessages(store.connection, 'source', job.id)) === 0 ? true : undefined,
    );
    expect(await keptBytes(store.connection, 'result', job.id)).toEqual({ bytes: 1_000_000, whole: true });
  });

  it('is downloaded while it grows', async () => {
    const { id } = await uploaded();
    const writer = await openByteWriter(store.connection, 'result', id);
    await writer.write(someBytes(1000));
    const parts = client.downloadResult({ jobId: id, offset: 100 })[Symbol.asyncIterator]();
    const next = async (): Promise<number | undefined> => {
      const { value } = (await parts.next()) as IteratorResult<{ readonly result: Uint8Array }, undefined>;
      return value?.result.byteLength;
    };
    expect(await next()).toBe(900);
    await expect(download(id, 1001)).rejects.toEqual(failing(Status.OUT_OF_RANGE, /1000 bytes so far/));
    await writer.write(someBytes(50));
    expect(await next()).toBe(50);
    await endJob(store.jobs, id, { state: JobState.FAILED, error: { code: Status.DATA_LOSS, message: 'It was cut short.', frame: 7 } }); // prettier-ignore
    await expect(next()).rejects.toEqual(failing(Status.DATA_LOSS, /cut short/));
    await expect(download(id)).rejects.toEqual(failing(Status.DATA_LOSS, /cut short/));
  });

  it('is the same one for the same key, at two gateways at the same moment', async () => {
    const key = { idempotencyKey: 'once' };
    const answers = await Promise.all(
      [client, other, client, other].map((one) => one.createJob({ ...key, label: 'k' })),
    );
    expect(new Set(answers.map(({ job }) => job!.id)).size).toBe(1);
    expect((await client.createJob({ ...key, idempotencyKey: 'twice' })).job!.id).not.toBe(answers[0]!.job!.id);
    await client.cancelJob({ jobId: answers[0]!.job!.id });
    expect((await other.createJob(key)).job!.state).toBe(JobState.CANCELLED);
    await expect(client.createJob({ idempotencyKey: 'x'.repeat(201) })).rejects.toEqual(failing(Status.INVALID_ARGUMENT, /idempotency_key/)); // prettier-ignore
  });

  it('is cancelled once, and leaves nothing', async () => {
    const { id } = await uploaded();
    const watching = client.watchJob({ jobId: id })[Symbol.asyncIterator]();
    await watching.next();
    const { job } = await other.cancelJob({ jobId: id });
    expect(job).toMatchObject({ state: JobState.CANCELLED, sourceBytes: film.byteLength });
    for (const kind of ['source', 'decode', 'encode'] as const) {
      expect(await countMessages(store.connection, kind, id)).toBe(0);
    }
    expect((await watching.next()).value).toMatchObject({ part: { value: { state: JobState.CANCELLED } } });
    expect((await watching.next()).done).toBe(true);
    expect((await client.cancelJob({ jobId: id })).job!.state).toBe(JobState.CANCELLED);
    await expect(download(id)).rejects.toEqual(failing(Status.CANCELLED, /was cancelled/));
    await expect(client.uploadSource(upload(id, 0, film))).rejects.toEqual(failing(Status.FAILED_PRECONDITION, /has ended/)); // prettier-ignore
  });

  it('that is not there is not found, whatever its id', async () => {
    for (const jobId of ['0'.repeat(32), '', '*', '>', 'a b', '../x']) {
      const calls = [
        client.getJob({ jobId }),
        client.cancelJob({ jobId }),
        download(jobId),
        client.uploadSource(upload(jobId, 0, film)),
      ];
      for (const call of calls)
        await expect(call).rejects.toEqual(failing(Status.NOT_FOUND, /^There is no such job\.$/));
    }
  });
});

describe('an upload', () => {
  it('goes on where it stopped, and nowhere else', async () => {
    const { id } = await created();
    const { job } = await client.uploadSource(upload(id, 0, film.subarray(0, 700_000)));
    expect(job).toMatchObject({ state: JobState.UPLOADING, sourceBytes: 700_000 });
    for (const offset of [0, 699_999, 700_001]) {
      await expect(other.uploadSource(upload(id, offset, film))).rejects.toEqual(failing(Status.FAILED_PRECONDITION, /kept 700000 bytes/)); // prettier-ignore
    }
    const rest = film.subarray(700_000);
    await expect(other.uploadSource(upload(id, 700_000, rest, 5))).rejects.toEqual(failing(Status.INVALID_ARGUMENT, /end\.size.*kept 1300000/)); // prettier-ignore
    expect((await client.getJob({ jobId: id })).job).toMatchObject({ state: JobState.UPLOADING, sourceBytes: film.byteLength }); // prettier-ignore
    const end = (): AsyncGenerator<Upload> => upload(id, film.byteLength, new Uint8Array(), film.byteLength);
    expect((await other.uploadSource(end())).job).toMatchObject({ state: JobState.QUEUED });
    // A client that did not get the answer says it again.
    expect((await client.uploadSource(end())).job).toMatchObject({ state: JobState.QUEUED });
    expect(await countMessages(store.connection, 'decode', id)).toBe(1);
    await expect(client.uploadSource(upload(id, film.byteLength, film))).rejects.toEqual(failing(Status.FAILED_PRECONDITION, /whole/)); // prettier-ignore
  });

  it('that was broken off keeps what came', async () => {
    const { id } = await created();
    const abort = new AbortController();
    const slow = async function* (): AsyncGenerator<Upload> {
      yield* upload(id, 0, film.subarray(0, 600_000));
      await eventually('the bytes are kept', async () =>
        (await client.getJob({ jobId: id })).job!.sourceBytes === 600_000 ? true : undefined,
      );
      abort.abort();
    };
    await expect(client.uploadSource(slow(), { signal: abort.signal })).rejects.toThrow();
    const { job } = await client.uploadSource(upload(id, 600_000, film.subarray(600_000), film.byteLength));
    expect(job!.state).toBe(JobState.QUEUED);
  });

  it('ends when its job is cancelled meanwhile', async () => {
    const { id } = await created();
    const endless = async function* (): AsyncGenerator<Upload> {
      yield* upload(id, 0, film);
      await client.cancelJob({ jobId: id });
      await new Promise((resolve) => setTimeout(resolve, 30_000).unref());
    };
    await expect(client.uploadSource(endless())).rejects.toEqual(failing(Status.CANCELLED, /was cancelled/));
  });

  it.each<[string, Upload[], RegExp]>([
    ['no target', [{ part: { $case: 'source', value: film.subarray(0, 10) } }], /target/],
    ['nothing', [], /target/],
  ])('with %s is refused', async (_, requests, words) => {
    const stream = async function* (): AsyncGenerator<Upload> {
      await Promise.resolve();
      yield* requests;
    };
    await expect(client.uploadSource(stream())).rejects.toEqual(failing(Status.INVALID_ARGUMENT, words));
  });

  it('of nothing is refused', async () => {
    const { id } = await created();
    await expect(client.uploadSource(upload(id, 0, new Uint8Array(), 0))).rejects.toEqual(failing(Status.INVALID_ARGUMENT, /empty/)); // prettier-ignore
  });
});

describe('watching', () => {
  it('shows previews to whoever wants them', async () => {
    const { id } = await uploaded();
    const seen: WatchJobResponse['part'][] = [];
    const watching = (async () => {
      for await (const { part } of client.watchJob({ jobId: id, previews: true })) seen.push(part);
    })();
    await eventually('it watches', () => Promise.resolve(seen.length > 0 || undefined));
    await eventually('a preview comes', () => {
      showPreview(store.connection, id, { frame: 3, picture: Uint8Array.of(1, 2, 3) });
      return Promise.resolve(seen.some((part) => part?.$case === 'preview') || undefined);
    });
    await client.cancelJob({ jobId: id });
    await watching;
    expect(seen.find((part) => part?.$case === 'preview')?.value).toMatchObject({ frame: 3 });
    expect(seen.at(-1)).toMatchObject({ $case: 'job', value: { state: JobState.CANCELLED } });
  });

  it('tells nothing twice', async () => {
    const { id } = await created();
    const watching = client.watchJob({ jobId: id })[Symbol.asyncIterator]();
    await watching.next();
    // Not a change that a client can see.
    await store.jobs.update(id, (now) => ({ ...now, epoch: now.epoch + 1 }));
    await store.jobs.update(id, (now) => ({ ...now, job: { ...now.job, warnings: ['a stream is left out'] } }));
    expect((await watching.next()).value).toMatchObject({ part: { value: { warnings: ['a stream is left out'] } } });
    await client.cancelJob({ jobId: id });
  });
});

describe('the list', () => {
  it('has every job once, newest first, in pages, by state', async () => {
    const mine: string[] = [];
    for (let i = 0; i < 5; i++) mine.unshift((await created(`listed ${i}`)).id);
    const listed: Job[] = [];
    let pageToken = '';
    do {
      const page = await other.listJobs({ pageSize: 2, pageToken });
      expect(page.jobs.length).toBeLessThanOrEqual(2);
      listed.push(...page.jobs);
      pageToken = page.nextPageToken;
      // One that is made meanwhile moves no other.
      if (listed.length === 2) await created('later');
    } while (pageToken !== '');
    expect(listed.slice(0, 5).map(({ id }) => id)).toEqual(mine);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length);
    const times = listed.map(({ created: at }) => at!.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const cancelled = await client.listJobs({ states: [JobState.CANCELLED] });
    expect(cancelled.jobs.length).toBeGreaterThan(0);
    expect(cancelled.jobs.every(({ state }) => state === JobState.CANCELLED)).toBe(true);
    await expect(client.listJobs({ pageToken: 'next' })).rejects.toEqual(
      failing(Status.INVALID_ARGUMENT, /page_token/),
    );
  });
});

it('the models are those of the store', async () => {
  const { models } = await openModelsClient(gateways[0].address).listModels({});
  expect(models).toMatchObject([{ name: 'fast', version: '1', renderSize: 192, serving: true }]);
});
