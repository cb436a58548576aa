import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  ChromaFrame,
  ColorizeSettings,
  Credit,
  Job,
  JobRecord,
  JobState,
  Progress,
  SegmentPiece,
} from '@kinemacolor/contracts';
import { endJob, openJobStore, startTasks, type FollowedJob, type JobStore, type StoredJob } from '@kinemacolor/jobs';
import { openLog } from '@kinemacolor/lifecycle';
import { probe } from '@kinemacolor/media';
import { renderSizeOf } from '@kinemacolor/pipeline';
import {
  lastEntry,
  openBus,
  openByteWriter,
  openLogWriter,
  readBytes,
  readLog,
  startNatsServer,
  streamOf,
  subjectOf,
  type Bus,
  type NatsServer,
} from '@kinemacolor/streaming';
import { framePts, makeClip, scratchDir } from '@kinemacolor/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { encoderSettings, type EncoderConfig } from './config.js';
import { encodeJob } from './encode-job.js';
import { startEncoder } from './service.js';

const folder = scratchDir();
const SEGMENT = 24;
const RENDER = 48;
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

const config = (): EncoderConfig => {
  const small = { KINEMACOLOR_FILE_BYTES: String(2 ** 28), KINEMACOLOR_MEMORY_BYTES: String(2 ** 26) };
  const env = {
    KINEMACOLOR_NATS: server.url,
    KINEMACOLOR_SCRATCH: folder,
    KINEMACOLOR_SEGMENT_FRAMES: String(SEGMENT),
    ...small,
  };
  return encoderSettings.parse({ env });
};
const start = (): ReturnType<typeof startEncoder> => startEncoder(config(), openLog('encoder', 'silent'));

async function queues(): Promise<string[]> {
  const names: string[] = [];
  const manager = await jetstreamManager(bus.connection);
  for await (const { name } of manager.consumers.list(streamOf('chroma'))) names.push(name);
  return names;
}

async function create(clip: string, record: StoredJob): Promise<string> {
  const id = randomBytes(16).toString('hex');
  await store.create(id, { ...record, job: { ...record.job, id } });
  const writer = await openByteWriter(bus.connection, 'source', id);
  await writer.write(await readFile(clip));
  await writer.finish();
  return id;
}

async function submit(clip: string): Promise<string> {
  const settings = ColorizeSettings.create({ model: 'grey', renderSize: RENDER });
  const job = Job.create({ state: JobState.QUEUED, progress: Progress.create(), settings });
  const id = await create(clip, { ...JobRecord.create(), job });
  await startTasks(bus.connection, id);
  return id;
}

async function copySegments(from: string, to: string): Promise<void> {
  const end = new AbortController();
  const last = await lastEntry(bus.connection, 'segment', from);
  const log = openLogWriter(bus.connection, 'segment', to, 0);
  for await (const { data, sequence } of readLog(bus.connection, 'segment', from, { signal: end.signal })) {
    await log.append(`${to}:${sequence}`, SegmentPiece.encode({ ...SegmentPiece.decode(data), jobId: to }).finish());
    if (sequence === last!.sequence) end.abort();
  }
}

/** What decoder and colorizers do of a film. */
async function colourGrey(job: string, clip: string): Promise<void> {
  const size = renderSizeOf(await probe({ kind: 'file', path: clip }), RENDER);
  const times = await framePts(clip);
  for (const [index, pts] of times.entries()) {
    const frame = { jobId: job, index, pts: String(pts), timeBase: { numerator: 1, denominator: 1000 }, epoch: 0 };
    const data = ChromaFrame.encode(ChromaFrame.create({ frame, ...size })).finish();
    await jetstream(bus.connection).publish(subjectOf('chroma', job), data, { msgID: `${job}:${index}` });
  }
  await store.update(job, (now) => ({
    ...now,
    framesTotal: times.length,
    job: { ...now.job, state: JobState.RUNNING },
  }));
}

async function resultOf(job: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const { signal } = new AbortController();
  for await (const bytes of readBytes(bus.connection, 'result', job, { signal })) parts.push(bytes);
  return Buffer.concat(parts);
}

const succeeds = (job: string): Promise<void> =>
  expect
    .poll(async () => (await store.get(job))?.job, { timeout: 30_000 })
    .toMatchObject({ state: JobState.SUCCEEDED });

it('keeps the queue of a job that it hands back, and deletes that of one that was cancelled', async () => {
  const id = await submit(await makeClip({ folder, name: 'film.mkv', frames: 5 }));
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

it('makes the result of a film whose frames an encoder before it has kept, all of them, also to the last short segment', async () => {
  const clip = await makeClip({ folder, name: 'kept.mkv', frames: 2 * SEGMENT + 7 });
  const id = await submit(clip);
  const first = await start();
  await colourGrey(id, clip);
  await succeeds(id);
  await first.drain();
  const result = await resultOf(id);

  // As `kill -9` between the last segment and the result leaves it.
  const { job, ...record } = (await store.get(id))!;
  const left = await create(clip, { ...record, job: { ...job, state: JobState.RUNNING, finished: undefined } });
  await copySegments(id, left);
  await startTasks(bus.connection, left);
  const second = await start();
  await succeeds(left);
  expect((await resultOf(left)).equals(result)).toBe(true);
  await second.drain();
});

it('goes on in the epoch that it has raised, also while it does not yet see that in the record that it follows', async () => {
  const clip = await makeClip({ folder, name: 'late.mkv', frames: 5 });
  const settings = ColorizeSettings.create({ model: 'grey', renderSize: RENDER });
  const before = { ...JobRecord.create({ encoder: 'killed' }), job: Job.create({ state: JobState.RUNNING, settings }) };
  const id = await create(clip, before);
  const now = (await store.get(id))!;
  const never = new AbortController();
  const late: FollowedJob = {
    now,
    ended: never.signal,
    lost: never.signal,
    onChange: () => undefined,
    close: () => undefined,
  };
  const credit: Credit[] = [];
  bus.connection.subscribe(`credit.${id}`, {
    max: 1,
    callback: (_error, { data }) => {
      credit.push(Credit.decode(data));
    },
  });
  const stop = new AbortController();
  const working = encodeJob(late, {
    bus,
    store,
    config: config(),
    log: openLog('encoder', 'silent'),
    signal: stop.signal,
  });
  await expect.poll(() => credit, { timeout: 20_000 }).toMatchObject([{ epoch: 1, nextFrame: 0 }]);
  stop.abort();
  await expect(working).rejects.toThrow();
});
