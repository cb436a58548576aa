import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ColorizeSettings, Job, JobRecord, JobState, Progress } from '@kinemacolor/contracts';
import { endJob, openJobStore, startTasks, type JobStore } from '@kinemacolor/jobs';
import { openLog } from '@kinemacolor/lifecycle';
import { openBus, openByteWriter, startNatsServer, streamOf, type Bus, type NatsServer } from '@kinemacolor/streaming';
import { makeClip, scratchDir } from '@kinemacolor/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { encoderSettings } from './config.js';
import { startEncoder } from './service.js';

const folder = scratchDir();
let server: NatsServer;
let bus: Bus;
let store: JobStore;
beforeAll(async () => {
  server = await startNatsServer({ folder: path.join(folder, 'nats') });
  const streams = { fileBytes: 2 ** 28, memoryBytes: 2 ** 26 };
  bus = await openBus({ servers: [server.url], name: 'test', streams });
  store = await openJobStore(bus.connection);
});
afterAll(async () => {
  await bus.connection.close();
  await server.stop();
});

const start = (): ReturnType<typeof startEncoder> => {
  const small = { KINEMACOLOR_FILE_BYTES: String(2 ** 28), KINEMACOLOR_MEMORY_BYTES: String(2 ** 26) };
  const env = { KINEMACOLOR_NATS: server.url, KINEMACOLOR_SCRATCH: folder, ...small };
  return startEncoder(encoderSettings.parse({ env }), openLog('encoder', 'silent'));
};

async function queues(): Promise<string[]> {
  const names: string[] = [];
  const manager = await jetstreamManager(bus.connection);
  for await (const { name } of manager.consumers.list(streamOf('chroma'))) names.push(name);
  return names;
}

it('keeps the queue of a job that it hands back, and deletes that of one that was cancelled', async () => {
  const id = randomBytes(16).toString('hex');
  const settings = ColorizeSettings.create({ model: 'grey', renderSize: 48 });
  const job = Job.create({ id, state: JobState.QUEUED, progress: Progress.create(), settings });
  await store.create(id, { ...JobRecord.create(), job });
  const writer = await openByteWriter(bus.connection, 'source', id);
  await writer.write(await readFile(await makeClip({ folder, name: 'film.mkv', frames: 5 })));
  await writer.finish();
  await startTasks(bus.connection, id);
  const first = await start();
  await expect.poll(queues, { timeout: 20_000 }).toEqual([`encoder-${id}`]);
  await first.drain();
  expect(await queues()).toEqual([`encoder-${id}`]);
  const second = await start();
  await expect.poll(async () => (await store.get(id))?.epoch, { timeout: 20_000 }).toBe(1);
  await endJob(store, id, { state: JobState.CANCELLED });
  await expect.poll(queues, { timeout: 20_000 }).toEqual([]);
  await second.drain();
});
