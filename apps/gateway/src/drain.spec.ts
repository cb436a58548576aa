import path from 'node:path';
import { JobState, type ColorizeRequest, type DeepPartial, type UploadSourceRequest } from '@kinemacolor/contracts';
import { scratchDir } from '@kinemacolor/testing';
import { createChannel, createClient, Status } from 'nice-grpc';
import { HealthDefinition } from 'nice-grpc-server-health';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess, type GatewayProcess } from './testing/gateway-process.js';
import {
  encodeAs,
  eventually,
  failing,
  openTestClient,
  openTestGateway,
  openTestStore,
  someBytes,
  type ColorizationClient,
  type TestStore,
} from './testing/test-gateway.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(path.join(scratchDir(), 'nats'));
});
afterAll(() => store.close());

const processes: GatewayProcess[] = [];
afterEach(async () => {
  for (const { kill, exit } of processes.splice(0)) {
    kill('SIGKILL');
    await exit;
  }
});
async function start(env: Record<string, string> = {}): Promise<GatewayProcess & { client: ColorizationClient }> {
  const gateway = await startGatewayProcess({ ...store.env, ...env });
  processes.push(gateway);
  return { ...gateway, client: openTestClient(gateway.address) };
}

type Request = DeepPartial<ColorizeRequest>;
/** A stream whose source goes on until it is told to end. */
function openStream(
  client: ColorizationClient,
  source: Uint8Array,
): { end: () => void; id: Promise<string>; result: Promise<number> } {
  // prettier-ignore
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const sent = async function* (): AsyncGenerator<Request> {
    yield { part: { $case: 'options', value: {} } };
    yield { part: { $case: 'source', value: source } };
    await ended;
  };
  let tell: (id: string) => void = () => undefined;
  const id = new Promise<string>((resolve) => (tell = resolve));
  const read = async (): Promise<number> => {
    let bytes = 0;
    for await (const { part } of client.colorize(sent())) {
      if (part?.$case === 'started') tell(part.value.id);
      if (part?.$case === 'result') bytes += part.value.byteLength;
    }
    return bytes;
  };
  const result = read();
  result.catch(() => undefined);
  return { end, id, result };
}

async function* endlessUpload(jobId: string): AsyncGenerator<DeepPartial<UploadSourceRequest>> {
  yield { part: { $case: 'target', value: { jobId, offset: 0 } } };
  yield { part: { $case: 'source', value: someBytes(1000) } };
  await new Promise((resolve) => setTimeout(resolve, 30_000).unref());
}

const stateOf = async (id: string): Promise<JobState | undefined> => (await store.jobs.get(id))?.job.state;
const becomes = (id: string, state: JobState): Promise<unknown> =>
  eventually(`the job is ${JobState[state]}`, async () => ((await stateOf(id)) === state ? true : undefined));

describe('a gateway that is told to stop', () => {
  it('says so, sends resumable calls elsewhere, finishes a stream, and exits with 0', async () => {
    const gateway = await start();
    const { client } = gateway;
    const { job } = await client.createJob({ label: 'film' });
    const uploading = client.uploadSource(endlessUpload(job!.id));
    const watching = client.watchJob({ jobId: job!.id })[Symbol.asyncIterator]();
    await watching.next();
    const channel = createChannel(gateway.address);
    const health = createClient(HealthDefinition, channel).watch({ service: '' })[Symbol.asyncIterator]();
    expect((await health.next()).value).toMatchObject({ status: 1 });
    await eventually(
      'bytes are kept',
      async () => (await client.getJob({ jobId: job!.id })).job!.sourceBytes || undefined,
    );
    const stream = openStream(client, someBytes(1000));
    const id = await stream.id;
    const watchedAgain = expect(watching.next()).rejects.toEqual(failing(Status.UNAVAILABLE, /stopping/));

    gateway.kill('SIGTERM');
    const elsewhere = failing(Status.UNAVAILABLE, /stopping/);
    await expect(uploading).rejects.toEqual(elsewhere);
    await watchedAgain;
    expect((await health.next()).value).toMatchObject({ status: 2 });
    await expect(health.next()).rejects.toEqual(failing(Status.UNAVAILABLE, /stopping/));
    await expect(client.getJob({ jobId: job!.id })).rejects.toEqual(elsewhere);
    channel.close();

    stream.end();
    await encodeAs(store, id, someBytes(5000));
    expect(await stream.result).toBe(5000);
    expect(await gateway.exit).toBe(0);
    expect(await stateOf(job!.id)).toBe(JobState.UPLOADING);
    const calls = gateway.lines.filter(({ message }) => message === 'call');
    expect(calls).toContainEqual(expect.objectContaining({ method: 'kinemacolor.v1.ColorizationService/UploadSource', code: 'UNAVAILABLE', job: job!.id, ms: expect.any(Number) as number })); // prettier-ignore
    expect(calls).toContainEqual(expect.objectContaining({ method: 'kinemacolor.v1.ColorizationService/Colorize', code: 'OK', job: id })); // prettier-ignore
  });

  it('cuts a stream when its time is over; its client can go on at another gateway', async () => {
    const gateway = await start({ KINEMACOLOR_GRACE_SECONDS: '5', KINEMACOLOR_ATTACHED_SECONDS: '30' });
    const source = someBytes(10_000);
    const stream = openStream(gateway.client, source.subarray(0, 4000));
    const id = await stream.id;
    await eventually('bytes are kept', async () => {
      const { job } = await gateway.client.getJob({ jobId: id });
      return job!.sourceBytes === 4000 ? true : undefined;
    });
    gateway.kill('SIGTERM');
    await expect(stream.result).rejects.toEqual(failing(Status.UNAVAILABLE, /stopping/));
    expect(await gateway.exit).toBe(0);
    expect(await stateOf(id)).toBe(JobState.RUNNING);

    const other = await openTestGateway(store, { attachedSeconds: 3 });
    const { client } = other;
    const loading = (async () => {
      let bytes = 0;
      for await (const { result } of client.downloadResult({ jobId: id })) bytes += result.byteLength;
      return bytes;
    })();
    const rest = async function* (): AsyncGenerator<DeepPartial<UploadSourceRequest>> {
      yield { part: { $case: 'target', value: { jobId: id, offset: 4000 } } };
      await Promise.resolve();
      yield { part: { $case: 'source', value: source.subarray(4000) } };
      yield { part: { $case: 'end', value: { size: 10_000 } } };
    };
    expect((await client.uploadSource(rest())).job).toMatchObject({ state: JobState.RUNNING, sourceBytes: 10_000 });
    // From then on it lives by the word of the other gateway alone.
    await eventually('the other gateway keeps it', async () => {
      const { giveUp } = (await store.jobs.get(id))!;
      return giveUp!.getTime() < Date.now() + 10_000 ? true : undefined;
    });
    // Longer than the job would live if nobody were there for it.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await encodeAs(store, id, someBytes(777));
    expect(await loading).toBe(777);
    await other.service.drain();
  });
});

describe('a gateway that is killed', () => {
  it('leaves a stream’s job to be found and ended by any other', async () => {
    const gateway = await start({ KINEMACOLOR_ATTACHED_SECONDS: '4' });
    const other = await openTestGateway(store);
    const stream = openStream(gateway.client, someBytes(1000));
    const id = await stream.id;
    // It lives as long as its client is there, though that is longer than it would outlive the gateway.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(await stateOf(id)).toBe(JobState.RUNNING);
    gateway.kill('SIGKILL');
    await gateway.exit;
    await becomes(id, JobState.EXPIRED);
    expect((await store.jobs.get(id))!.job.error).toMatchObject({ code: Status.CANCELLED, message: expect.stringMatching(/stream .* broke/) as string }); // prettier-ignore
    await other.service.drain();
  });

  it('loses no upload and no job: they go on at another', async () => {
    const gateway = await start();
    const { job } = await gateway.client.createJob({});
    const uploading = gateway.client.uploadSource(endlessUpload(job!.id));
    const settled = expect(uploading).rejects.toThrow();
    await eventually('bytes are kept', async () => {
      const { job: now } = await gateway.client.getJob({ jobId: job!.id });
      return now!.sourceBytes || undefined;
    });
    gateway.kill('SIGKILL');
    await settled;
    const other = await openTestGateway(store);
    expect((await other.client.getJob({ jobId: job!.id })).job).toMatchObject({ state: JobState.UPLOADING, sourceBytes: 1000 }); // prettier-ignore
    await other.service.drain();
  });
});

describe('a gateway that cannot start', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['a flag that is not there', ['--lisen', 'x'], {}, /lisen/],
    ['settings that leave it open', ['--listen', '0.0.0.0:0'], {}, /KINEMACOLOR_TOKENS/],
    ['an address that is not there', ['--listen', '192.0.2.1:1', '--insecure'], {}, /192\.0\.2\.1.*no such address/],
    ['an address that is none', ['--listen', 'here'], {}, /--listen here .*HOST:PORT/],
    [
      'a file that is not there',
      ['--tokens', '/nowhere/tokens'],
      {},
      /TOKENS=\/nowhere\/tokens: there is no such file/,
    ],
    ['a file that is a folder', ['--tokens', '/'], {}, /TOKENS=\/: it is a folder/],
  ])('for %s says why, without a stack, and ends', async (_, flags, env, words) => {
    const error = await startGatewayProcess({ ...store.env, ...env }, flags).then(
      () => new Error('it started'),
      (reason: unknown) => reason as Error,
    );
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/\(ConfigError\)/);
    expect(error.message).not.toMatch(/\bat \S+ \(|\.js:\d+/);
  });

  it('says that another one listens there', async () => {
    const { address } = await start();
    const taken = new RegExp(`KINEMACOLOR_LISTEN=${address} .*: something else listens there already`);
    await expect(startGatewayProcess(store.env, ['--listen', address])).rejects.toThrow(taken);
  });
});
