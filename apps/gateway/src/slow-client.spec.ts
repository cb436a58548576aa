import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { JobState, type DeepPartial, type UploadSourceRequest } from '@kinemacolor/contracts';
import { endJob } from '@kinemacolor/jobs';
import { keptBytes, openByteWriter } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayProcess, type GatewayProcess } from './testing/gateway-process.js';
import { openTestClient, openTestStore, someBytes, type TestStore } from './testing/test-gateway.js';

const MIB = 2 ** 20;
const FILM = 160 * MIB;
/** What a gateway may take more for one client: its queues, and room for chance; a third of the film. */
const MOST_MORE = 48 * MIB;
/** The same while bytes rush through, with what is not collected yet. */
const MOST_MORE_IN_MOTION = 110 * MIB;

let store: TestStore;
let gateway: GatewayProcess;
beforeAll(async () => {
  store = await openTestStore(path.join(scratchDir(), 'nats'), 512 * MIB);
  gateway = await startGatewayProcess({ ...store.env, NODE_OPTIONS: '--max-semi-space-size=4' });
});
afterAll(async () => {
  gateway.kill('SIGKILL');
  await gateway.exit;
  await store.close();
});

/** Memory that the gateway's process has at this moment, bytes. */
async function memory(): Promise<number> {
  const [, pages] = (await readFile(`/proc/${gateway.pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * 4096;
}

/** The most that it has while the work lasts. */
async function mostDuring(work: Promise<unknown>): Promise<number> {
  let most = 0;
  let done = false;
  const ended = work.finally(() => (done = true));
  const isDone = (): boolean => done;
  while (!isDone()) {
    most = Math.max(most, await memory());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ended;
  return most;
}

it('a client that stops reading makes it hold little, and gets everything in the end', async () => {
  const client = openTestClient(gateway.address);
  const { job } = await client.createJob({});
  const writer = await openByteWriter(store.connection, 'result', job!.id);
  const piece = someBytes(8 * MIB);
  for (let at = 0; at < FILM; at += piece.byteLength) await writer.write(piece);
  await writer.finish();
  await endJob(store.jobs, job!.id, { state: JobState.SUCCEEDED });

  const before = await memory();
  const parts = client.downloadResult({ jobId: job!.id })[Symbol.asyncIterator]();
  let bytes = 0;
  const take = async (): Promise<boolean> => {
    const next = await parts.next();
    if (next.done !== true) bytes += next.value.result.byteLength;
    return next.done !== true;
  };
  await take();
  const stopped = await mostDuring(new Promise((resolve) => setTimeout(resolve, 2_000)));
  expect(stopped - before).toBeLessThan(MOST_MORE);
  const read = async (): Promise<void> => {
    while (await take()) continue;
  };
  expect((await mostDuring(read())) - before).toBeLessThan(MOST_MORE_IN_MOTION);
  expect(bytes).toBe(FILM);
});

it('a client that sends faster than the disk writes makes it hold little', async () => {
  const client = openTestClient(gateway.address);
  const { job } = await client.createJob({});
  const piece = someBytes(512 * 1024);
  const sent = async function* (): AsyncGenerator<DeepPartial<UploadSourceRequest>> {
    await Promise.resolve();
    yield { part: { $case: 'target', value: { jobId: job!.id, offset: 0 } } };
    for (let at = 0; at < FILM; at += piece.byteLength) yield { part: { $case: 'source', value: piece } };
  };
  const before = await memory();
  expect((await mostDuring(client.uploadSource(sent()))) - before).toBeLessThan(MOST_MORE_IN_MOTION);
  expect((await keptBytes(store.connection, 'source', job!.id)).bytes).toBe(FILM);
});
