import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Job, JobRecord, JobState, LumaFrame, Progress } from '@kinemacolor/contracts';
import { ColorizeSettings } from '@kinemacolor/contracts';
import {
  endJob,
  openJobStore,
  openModelRecords,
  raiseEpoch,
  startTasks,
  takeOver,
  tellCredit,
  type JobStore,
  type StoredJob,
} from '@kinemacolor/jobs';
import { openLog, type Service } from '@kinemacolor/lifecycle';
import {
  countMessages,
  openBus,
  openByteWriter,
  startNatsServer,
  takeLeases,
  type Bus,
  type NatsServer,
} from '@kinemacolor/streaming';
import { framePts, makeClip, makeVfrClip, scratchDir } from '@kinemacolor/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { decoderSettings, type DecoderConfig } from './config.js';
import { startDecoder } from './service.js';

const WINDOW = 8;
const folder = scratchDir();
const SMALL = { KINEMACOLOR_FILE_BYTES: String(2 ** 28), KINEMACOLOR_MEMORY_BYTES: String(2 ** 26) };

let server: NatsServer;
let bus: Bus;
let store: JobStore;
let config: DecoderConfig;
beforeAll(async () => {
  server = await startNatsServer({ folder: path.join(folder, 'nats') });
  const env = {
    ...SMALL,
    KINEMACOLOR_NATS: server.url,
    KINEMACOLOR_WINDOW: String(WINDOW),
    KINEMACOLOR_MAX_PIXELS: '65536',
  };
  config = decoderSettings.parse({ env: { ...env, KINEMACOLOR_MAX_SECONDS: '100' } });
  bus = await openBus({
    servers: [server.url],
    name: 'test',
    streams: { fileBytes: 2 ** 28, memoryBytes: 2 ** 26, window: WINDOW },
  });
  store = await openJobStore(bus.connection);
});
afterAll(async () => {
  await bus.connection.close();
  await server.stop();
});

const services: Service[] = [];
const start = async (): Promise<Service> => {
  const service = await startDecoder(config, openLog('decoder', 'silent'));
  services.push(service);
  return service;
};
const ends: AbortController[] = [];
const jobs: string[] = [];
afterEach(async () => {
  // A decoder keeps a job until that has ended.
  for (const job of jobs.splice(0)) await endJob(store, job, { state: JobState.CANCELLED });
  for (const end of ends.splice(0)) end.abort();
  await Promise.all(services.splice(0).map((service) => service.drain()));
});

/** A job with a whole source, handed to whoever decodes. */
async function submit(source: string | Buffer, label = '', attached = false): Promise<string> {
  const id = randomBytes(16).toString('hex');
  jobs.push(id);
  const settings = ColorizeSettings.create({ model: 'grey', renderSize: 48 });
  const job = Job.create({ id, label, state: JobState.QUEUED, progress: Progress.create(), settings });
  await store.create(id, { ...JobRecord.create({ attached }), job });
  const writer = await openByteWriter(bus.connection, 'source', id);
  await writer.write(typeof source === 'string' ? await readFile(source) : source);
  await writer.finish();
  await startTasks(bus.connection, id);
  return id;
}

/** What the decoder publishes, as colorizers and encoder in one: each frame that is taken gives room for another. */
async function* frames(job: string, epoch = 0, from = 0): AsyncGenerator<LumaFrame, void> {
  const end = new AbortController();
  ends.push(end);
  const credit = tellCredit(bus.connection, job, { epoch, nextFrame: from });
  try {
    for await (const lease of takeLeases(bus.connection, {
      kind: 'luma',
      queue: 'colorizers',
      ahead: 1,
      signal: end.signal,
    })) {
      const frame = LumaFrame.decode(lease.data);
      await lease.done();
      if (frame.frame!.jobId !== job || frame.frame!.epoch !== epoch) continue;
      yield frame;
      credit.now({ epoch, nextFrame: frame.frame!.index + 1 });
    }
  } finally {
    end.abort();
    credit.close();
  }
}

async function take(job: string, count: number, epoch = 0, from = 0): Promise<LumaFrame[]> {
  const taken: LumaFrame[] = [];
  for await (const frame of frames(job, epoch, from)) if (taken.push(frame) === count) break;
  return taken;
}

async function ended(job: string): Promise<StoredJob> {
  const { signal } = new AbortController();
  for await (const record of store.watch(job, signal)) if (record.job.finished !== undefined) return record;
  throw new Error('The job is gone.');
}

async function record(job: string, wanted: (now: StoredJob) => boolean): Promise<StoredJob> {
  for await (const now of store.watch(job, new AbortController().signal)) if (wanted(now)) return now;
  throw new Error('The job is gone.');
}

describe('decoder', () => {
  it('publishes every frame of a film with its exact time, and says how many there were', async () => {
    const clip = await makeVfrClip({ folder, name: 'vfr.mkv', frames: 30 });
    await start();
    const job = await submit(clip);
    const taken = await take(job, 30);
    expect(taken.map(({ frame }) => frame!.index)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(taken.map(({ frame }) => frame!.pts)).toEqual((await framePts(clip)).map(String));
    expect(taken[0]).toMatchObject({ width: 64, height: 64, model: 'grey', shot: 1 });
    expect(taken.every(({ luma }) => luma.length === 64 * 64)).toBe(true);
    const now = await record(job, ({ framesTotal }) => framesTotal !== undefined);
    expect(now).toMatchObject({ framesTotal: 30, job: { state: JobState.RUNNING, progress: { framesDecoded: 30 } } });
  });

  it('runs one window ahead of the encoder and waits there', async () => {
    await start();
    const job = await submit(await makeClip({ folder, name: 'window.mkv', frames: 40 }));
    while ((await countMessages(bus.connection, 'luma', job)) < WINDOW) await new Promise((r) => setTimeout(r, 20));
    // Nobody tells it of progress: it would go on at once if it did not wait.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await countMessages(bus.connection, 'luma', job)).toBe(WINDOW);
    expect(await take(job, 40)).toHaveLength(40);
  });

  it('makes frames again, from where it is asked to', async () => {
    await start();
    const job = await submit(await makeClip({ folder, name: 'again.mkv', frames: 25 }));
    const first = await take(job, 25);
    await takeOver(store, job, 'encoder');
    await raiseEpoch(store, job, { encoder: 'encoder', from: 10 });
    const again = await take(job, 15, 1, 10);
    expect(again.map(({ frame }) => frame!.index)).toEqual(Array.from({ length: 15 }, (_, i) => i + 10));
    for (const [i, { luma, shot }] of again.entries()) {
      expect(Buffer.from(luma).equals(first[i + 10]!.luma)).toBe(true);
      expect(shot).toBe(first[i + 10]!.shot);
    }
  });

  it('hands a job back when it is told to stop, and another decoder ends it', async () => {
    const first = await start();
    const job = await submit(await makeClip({ folder, name: 'handed.mkv', frames: 30 }));
    const some = await take(job, 5);
    await first.drain();
    await start();
    const seen = new Set(some.map(({ frame }) => frame!.index));
    for await (const { frame } of frames(job)) {
      seen.add(frame!.index);
      if (frame!.index === 29) break;
    }
    expect(seen.size).toBe(30);
  });

  it('gives each shot the version that is served when it begins, also when it is decoded again', async () => {
    const models = await openModelRecords(bus.connection);
    await models.create('grey', { name: 'grey', serving: 'v1', versions: [] });
    const picture =
      'color=c=black:size=64x48:rate=25:duration=1,format=yuv420p[a];testsrc2=size=64x48:rate=25:duration=1,format=yuv420p[b];[a][b]concat';
    const clip = await makeClip({ folder, name: 'shots.mkv', frames: 50, picture });
    await start();
    const job = await submit(clip);
    const versions: string[] = [];
    for await (const { modelVersion } of frames(job)) {
      // The decoder is at most a window ahead, and the cut is at frame 25.
      if (versions.push(modelVersion) === 5) await models.update('grey', (now) => ({ ...now, serving: 'v2' }));
      if (versions.length === 50) break;
    }
    expect(versions.slice(0, 25)).toEqual(Array(25).fill('v1'));
    expect(versions.slice(25)).toEqual(Array(25).fill('v2'));
    await models.update('grey', (now) => ({ ...now, serving: 'v3' }));
    await takeOver(store, job, 'encoder');
    await raiseEpoch(store, job, { encoder: 'encoder', from: 20 });
    const again = await take(job, 30, 1, 20);
    expect(again.map(({ modelVersion }) => modelVersion)).toEqual([
      ...Array<string>(5).fill('v1'),
      ...Array<string>(25).fill('v2'),
    ]);
  });

  it.each([
    [
      'a text',
      Buffer.from('this is no film, but it is long enough to be looked at'),
      3,
      /not a film|not media|Give a video/i,
    ],
    ['nothing', Buffer.alloc(0), 3, /nothing|empty/i],
    ['a playlist', Buffer.from('#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'), 3, /./],
    ['a concat script', Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n"), 3, /./],
  ])('ends a job whose source is %s, and says why', async (_, source, code, message) => {
    await start();
    const { job } = await ended(await submit(source, 'my film.mkv'));
    expect(job).toMatchObject({ state: JobState.FAILED, error: { code } });
    expect(job.error!.message).toMatch(message);
    expect(job.error!.message).toMatch(/^my film\.mkv: /);
    expect(job.error!.message).not.toMatch(/root:|at .*\.js/);
  });

  it('ends a job whose pictures are too large, or that lasts too long', async () => {
    await start();
    const large = await ended(
      await submit(await makeClip({ folder, name: 'large.mkv', width: 640, height: 480, frames: 2 })),
    );
    expect(large.job).toMatchObject({ state: JobState.FAILED, error: { code: 8 } });
    // So large that ffmpeg does not even tell their size.
    const header = 'YUV4MPEG2 W60000 H60000 F25:1 Ip A1:1 C420jpeg\nFRAME\n';
    const huge = await ended(await submit(Buffer.concat([Buffer.from(header), Buffer.alloc(10_000)])));
    expect(huge.job).toMatchObject({ state: JobState.FAILED, error: { code: 8 } });
    expect(huge.job.error!.message).toContain('60000x60000');
    const long = await ended(await submit(await makeClip({ folder, name: 'long.mkv', frames: 202, rate: 2 })));
    expect(long.job).toMatchObject({ state: JobState.FAILED, error: { code: 8 } });
  });

  it.each(['mkv', 'mp4', 'avi'])('ends a job whose film is cut off between two frames (%s)', async (extension) => {
    const options = extension === 'mp4' ? ['-movflags', '+faststart'] : [];
    const clip = await readFile(await makeClip({ folder, name: `short.${extension}`, frames: 200, options: ['-g', '10', ...options] })); // prettier-ignore
    await start();
    const job = await submit(clip.subarray(0, clip.length / 2));
    const reading = take(job, 200).catch(() => undefined);
    const { job: after } = await ended(job);
    for (const end of ends.splice(0)) end.abort();
    await reading;
    expect(after).toMatchObject({ state: JobState.FAILED, error: { code: 15 } });
    expect(after.error!.message).toMatch(/cut off|broke off/);
  });

  it('keeps the job of a stream that is cut off, with its frames and what it is to end with', async () => {
    const clip = await readFile(await makeClip({ folder, name: 'attached.mkv', frames: 200, options: ['-g', '10'] }));
    await start();
    const job = await submit(clip.subarray(0, clip.length / 2), 'my film.mkv', true);
    let count = 0;
    const reading = (async () => {
      for await (const frame of frames(job)) count = frame.frame!.index + 1;
    })();
    const now = await record(job, ({ framesTotal, job: { finished } }) => (framesTotal ?? finished) !== undefined);
    // The last ones are published by then, and may still be on their way.
    await expect.poll(() => count).toBe(now.framesTotal);
    for (const end of ends.splice(0)) end.abort();
    await reading.catch(() => undefined);
    expect(now).toMatchObject({ job: { state: JobState.RUNNING }, cutShort: { code: 15 } });
    expect(now.cutShort!.message).toMatch(/^my film\.mkv: is cut off: \d+ of 200 frames/);
    expect(now.cutShort!.message).toContain(` ${now.framesTotal} of`);
    expect(now.cutShort!.message).not.toContain('--');
    expect(now.framesTotal).toBeGreaterThan(40);
  });

  it('ends a job whose film breaks off', async () => {
    const clip = await readFile(
      await makeClip({ folder, name: 'cut.mp4', frames: 60, options: ['-movflags', '+faststart'] }),
    );
    await start();
    const job = await submit(clip.subarray(0, clip.length * 0.6));
    const reading = take(job, 60).catch(() => undefined);
    const { job: after } = await ended(job);
    for (const end of ends.splice(0)) end.abort();
    await reading;
    expect(after).toMatchObject({ state: JobState.FAILED, error: { code: 15 } });
  });
});
