import path from 'node:path';
import { JobState, type DeepPartial, type UploadSourceRequest } from '@kinemacolor/contracts';
import { endJob, openModelRecords } from '@kinemacolor/jobs';
import { countMessages, openByteWriter, publishInWindow } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { jetstream } from '@nats-io/jetstream';
import { Status } from 'nice-grpc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeAs,
  eventually,
  failing,
  openTestGateway,
  openTestStore,
  someBytes,
  type TestGateway,
  type TestStore,
} from './testing/test-gateway.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(path.join(scratchDir(), 'nats'));
});
afterAll(() => store.close());

const open: TestGateway[] = [];
async function gatewayWith(changes: Parameters<typeof openTestGateway>[1]): Promise<TestGateway> {
  for (const { service } of open.splice(0)) await service.drain();
  const gateway = await openTestGateway(store, changes);
  open.push(gateway);
  return gateway;
}
afterAll(async () => {
  for (const { service } of open) await service.drain();
});

async function* upload(jobId: string, bytes: Uint8Array, end = true): AsyncGenerator<DeepPartial<UploadSourceRequest>> {
  yield { part: { $case: 'target', value: { jobId, offset: 0 } } };
  await Promise.resolve();
  yield { part: { $case: 'source', value: bytes } };
  if (end) yield { part: { $case: 'end', value: { size: bytes.byteLength } } };
}

const ended = (id: string, state: JobState): Promise<unknown> =>
  eventually(`the job is ${JobState[state]}`, async () => {
    const record = await store.jobs.get(id);
    return record?.job.state === state ? record : undefined;
  });

describe('limits', () => {
  it('of jobs at a time count what is under way, at all gateways together', async () => {
    const { client } = await gatewayWith({ mostJobs: 2 });
    const other = await openTestGateway(store, { mostJobs: 2 });
    open.push(other);
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? client : other.client).createJob({})),
    );
    const made = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.job!.id] : []));
    expect(made.length).toBe(2);
    await expect(client.createJob({})).rejects.toEqual(failing(Status.RESOURCE_EXHAUSTED, /2 jobs under way/));
    await client.cancelJob({ jobId: made[0]! });
    await encodeAs(store, made[1]!, someBytes(1));
    expect((await client.createJob({})).job!.state).toBe(JobState.UPLOADING);
    const { job } = await other.client.createJob({});
    await expect(client.createJob({})).rejects.toEqual(failing(Status.RESOURCE_EXHAUSTED, /under way/));
    const { jobs } = await client.listJobs({ states: [JobState.UPLOADING] });
    for (const { id } of [...jobs, job!]) await client.cancelJob({ jobId: id });
  });

  it('of bytes end the upload and the job', async () => {
    const { client } = await gatewayWith({ mostSourceBytes: 1000 });
    const { job } = await client.createJob({});
    await expect(client.uploadSource(upload(job!.id, someBytes(1001)))).rejects.toEqual(failing(Status.RESOURCE_EXHAUSTED, /more than 1000 bytes/)); // prettier-ignore
    expect((await client.getJob({ jobId: job!.id })).job).toMatchObject({ state: JobState.FAILED, error: { code: Status.RESOURCE_EXHAUSTED } }); // prettier-ignore
    const { job: fits } = await client.createJob({});
    await client.uploadSource(upload(fits!.id, someBytes(1000)));
    await client.cancelJob({ jobId: fits!.id });
  });

  it('of the deadline are known when the job is made', async () => {
    const { client } = await gatewayWith({ deadlineSeconds: 100 });
    await expect(client.createJob({ deadline: { seconds: 101 } })).rejects.toEqual(failing(Status.INVALID_ARGUMENT, /^deadline: .*100 seconds/)); // prettier-ignore
    const { job } = await client.createJob({ deadline: { seconds: 7 } });
    expect((await store.jobs.get(job!.id))!.allowed).toMatchObject({ seconds: 7 });
    await client.cancelJob({ jobId: job!.id });
  });

  it('of a message are kept to', async () => {
    const { client } = await gatewayWith({ mostMessageBytes: 10_000 });
    const { job } = await client.createJob({});
    await expect(client.uploadSource(upload(job!.id, someBytes(20_000)))).rejects.toEqual(failing(Status.RESOURCE_EXHAUSTED, /larger than max/)); // prettier-ignore
    await client.cancelJob({ jobId: job!.id });
  });

  it('refuse a model that is not in the store, and wait for one while there is none', async () => {
    const { client } = await gatewayWith({});
    await expect(client.createJob({ settings: { model: 'slow' } })).rejects.toEqual(failing(Status.INVALID_ARGUMENT, /^settings\.model: .*"slow" is not there; there are fast/)); // prettier-ignore
    for (const model of ['*', 'a/b', '.', ' ']) {
      await expect(client.createJob({ settings: { model } })).rejects.toEqual(failing(Status.INVALID_ARGUMENT, /^settings\.model/)); // prettier-ignore
    }
    const models = await openModelRecords(store.connection);
    const fast = (await models.get('fast'))!;
    await models.delete('fast');
    await expect(client.createJob({})).rejects.toEqual(failing(Status.UNAVAILABLE, /No model is there yet/));
    await models.create('fast', fast);
  });
});

describe('the janitor', () => {
  it('ends uploads that bring nothing, but not those that do', async () => {
    const { client } = await gatewayWith({ idleSeconds: 5 });
    const [{ job: idle }, { job: busy }] = [await client.createJob({}), await client.createJob({})];
    const slow = async function* (): AsyncGenerator<DeepPartial<UploadSourceRequest>> {
      yield* upload(busy!.id, someBytes(1), false);
      for (let i = 0; i < 8; i++) {
        await new Promise((resolve) => setTimeout(resolve, 800));
        yield { part: { $case: 'source', value: Uint8Array.of(i) } };
      }
      yield { part: { $case: 'end', value: { size: 9 } } };
    };
    const uploading = client.uploadSource(slow());
    await ended(idle!.id, JobState.EXPIRED);
    expect((await client.getJob({ jobId: idle!.id })).job!.error).toMatchObject({ code: Status.DEADLINE_EXCEEDED, message: expect.stringMatching(/No bytes/) as string }); // prettier-ignore
    expect((await uploading).job!.state).toBe(JobState.QUEUED);
    await client.cancelJob({ jobId: busy!.id });
  });

  it('ends an upload that stands still, and tells its client', async () => {
    // Long enough for the upload to begin.
    const { client } = await gatewayWith({ idleSeconds: 3 });
    const { job } = await client.createJob({});
    const still = async function* (): AsyncGenerator<DeepPartial<UploadSourceRequest>> {
      yield* upload(job!.id, someBytes(10), false);
      await new Promise((resolve) => setTimeout(resolve, 20_000).unref());
    };
    await expect(client.uploadSource(still())).rejects.toEqual(failing(Status.DEADLINE_EXCEEDED, /No bytes/));
  });

  it('ends what is not done by its deadline', async () => {
    const { client } = await gatewayWith({});
    const { job } = await client.createJob({ deadline: { seconds: 0, nanos: 300_000_000 } });
    await client.uploadSource(upload(job!.id, someBytes(10)));
    const watched: JobState[] = [];
    for await (const { part } of client.watchJob({ jobId: job!.id })) {
      if (part?.$case === 'job') watched.push(part.value.state);
    }
    expect(watched.at(-1)).toBe(JobState.EXPIRED);
    expect((await client.getJob({ jobId: job!.id })).job!.error).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
    await eventually('nothing is left', async () =>
      (await countMessages(store.connection, 'decode', job!.id)) === 0 ? true : undefined,
    );
  });

  it('purges what is published after a job has ended, and what nobody knows of', async () => {
    const { client } = await gatewayWith({});
    const { job } = await client.createJob({});
    await client.cancelJob({ jobId: job!.id });
    const stream = jetstream(store.connection);
    const orphan = 'f'.repeat(32);
    for (const id of [job!.id, orphan]) {
      await publishInWindow(stream, { subject: `chroma.${id}`, id: `${id}:1:0`, data: Uint8Array.of(1) });
    }
    for (const id of [job!.id, orphan]) {
      await eventually('it is gone', async () =>
        (await countMessages(store.connection, 'chroma', id)) === 0 ? true : undefined,
      );
    }
  });

  it('deletes a job and its result when their time is over', async () => {
    const { client } = await gatewayWith({ keepSeconds: 1 });
    const { job } = await client.createJob({});
    await client.uploadSource(upload(job!.id, someBytes(10)));
    await encodeAs(store, job!.id, someBytes(100));
    await eventually('the job is gone', async () => ((await store.jobs.get(job!.id)) === undefined ? true : undefined));
    expect(await countMessages(store.connection, 'result', job!.id)).toBe(0);
    await expect(client.getJob({ jobId: job!.id })).rejects.toEqual(failing(Status.NOT_FOUND, /no such job/));
  });

  it('tells a client whose result is deleted while it reads', async () => {
    const { client } = await gatewayWith({ keepSeconds: 0.2 });
    const { job } = await client.createJob({});
    const writer = await openByteWriter(store.connection, 'result', job!.id);
    await writer.write(someBytes(100));
    const parts = client.downloadResult({ jobId: job!.id })[Symbol.asyncIterator]();
    await parts.next();
    // Never whole, as nobody writes: only the janitor comes.
    await endJob(store.jobs, job!.id, { state: JobState.SUCCEEDED });
    await expect(parts.next()).rejects.toEqual(failing(Status.NOT_FOUND, /no/));
  });
});
