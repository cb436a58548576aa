import path from 'node:path';
import { JobState, type DeepPartial, type UploadSourceRequest } from '@kinemacolor/contracts';
import { openByteWriter, startNatsServer } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { createChannel, createClient } from 'nice-grpc';
import { HealthDefinition } from 'nice-grpc-server-health';
import { expect, it } from 'vitest';
import { encodeAs, eventually, openTestGateway, openTestStore, someBytes } from './testing/test-gateway.js';

it('calls that are open go on when NATS was killed and came back, and health tells of it', async () => {
  const folder = path.join(scratchDir(), 'nats');
  const store = await openTestStore(folder);
  const { client, address, service } = await openTestGateway(store);
  const channel = createChannel(address);
  const health = createClient(HealthDefinition, channel);
  const isServing = async (): Promise<boolean> => ((await health.check({ service: '' })).status as number) === 1;

  const film = someBytes(60_000);
  const { job } = await client.createJob({});
  const { id } = job!;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const sent = async function* (): AsyncGenerator<DeepPartial<UploadSourceRequest>> {
    yield { part: { $case: 'target', value: { jobId: id, offset: 0 } } };
    yield { part: { $case: 'source', value: film.subarray(0, 20_000) } };
    await released;
    yield { part: { $case: 'source', value: film.subarray(20_000) } };
    yield { part: { $case: 'end', value: { size: film.byteLength } } };
  };
  const uploading = client.uploadSource(sent());
  const states: JobState[] = [];
  const watching = (async () => {
    for await (const { part } of client.watchJob({ jobId: id }))
      if (part?.$case === 'job') states.push(part.value.state);
  })();
  let downloaded = 0;
  const loading = (async () => {
    for await (const { result } of client.downloadResult({ jobId: id })) downloaded += result.byteLength;
  })();
  await (await openByteWriter(store.connection, 'result', id)).write(someBytes(1000));
  await eventually('all are under way', () => Promise.resolve((downloaded === 1000 && states.length > 0) || undefined));

  const port = Number(new URL(store.server.url).port);
  process.kill(store.server.pid, 'SIGKILL');
  await store.server.gone;
  await eventually('health tells', async () => ((await isServing()) ? undefined : true));
  release();
  const again = await startNatsServer({ folder, port });
  try {
    await eventually('health tells', async () => (await isServing()) || undefined);
    expect((await uploading).job).toMatchObject({ state: JobState.QUEUED, sourceBytes: film.byteLength });
    await encodeAs(store, id, someBytes(500));
    await Promise.all([watching, loading]);
    expect(downloaded).toBe(1500);
    expect(states.at(-1)).toBe(JobState.SUCCEEDED);
    channel.close();
    await service.drain();
  } finally {
    await store.connection.close();
    await again.stop();
  }
});
