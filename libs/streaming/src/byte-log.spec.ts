import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { keptBytes, LARGEST_CHUNK, openByteWriter, readBytes } from './byte-log.js';
import { startNatsServer } from './server/nats-server.js';
import { countMessages, forgetJob, jobsIn } from './streams.js';
import { openTestBus, type TestBus } from './testing/bus.js';

const folder = path.join(scratchDir(), 'nats');
let bus: TestBus;
beforeAll(async () => {
  bus = await openTestBus(folder);
});
afterAll(() => bus.close());

const bytes = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255);
const never = new AbortController().signal;

async function read(job: string, from = 0): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of readBytes(bus.connection, 'source', job, { from, signal: never })) parts.push(part);
  return Buffer.concat(parts);
}

describe('bytes of a job', () => {
  it('come back as they were written, from any offset', async () => {
    const film = bytes(2 * LARGEST_CHUNK + 1234);
    const writer = await openByteWriter(bus.connection, 'source', 'whole');
    await writer.write(film.subarray(0, 100));
    await writer.write(film.subarray(100));
    expect(writer.kept).toEqual({ bytes: film.byteLength, whole: false });
    await writer.finish();
    expect(await keptBytes(bus.connection, 'source', 'whole')).toEqual({ bytes: film.byteLength, whole: true });
    // Not `toEqual`, which takes seconds for a megabyte.
    expect((await read('whole')).equals(film)).toBe(true);
    for (const from of [1, 100, LARGEST_CHUNK + 7, film.byteLength]) {
      expect((await read('whole', from)).equals(film.subarray(from))).toBe(true);
    }
  });

  it('without an end are deleted behind the reader, but for what it keeps', async () => {
    const writer = await openByteWriter(bus.connection, 'source', 'endless');
    const reader = readBytes(bus.connection, 'source', 'endless', { keep: 3000, signal: never });
    const left = (): Promise<number> => countMessages(bus.connection, 'source', 'endless');
    let most = 0;
    for (let i = 0; i < 40; i++) {
      const piece = bytes(1000, i);
      await writer.write(piece);
      expect(Buffer.from(piece).equals((await reader.next()).value as Uint8Array)).toBe(true);
      most = Math.max(most, await left());
    }
    expect(most).toBeLessThanOrEqual(8);
    expect(await left()).toBeGreaterThanOrEqual(3);
    await reader.return();
  });

  it('are gone on with by another writer where the first stopped', async () => {
    const film = bytes(5000);
    await (await openByteWriter(bus.connection, 'source', 'resumed')).write(film.subarray(0, 3000));
    const second = await openByteWriter(bus.connection, 'source', 'resumed');
    expect(second.kept).toEqual({ bytes: 3000, whole: false });
    await second.write(film.subarray(3000));
    await second.finish();
    expect(await read('resumed')).toEqual(Buffer.from(film));
  });

  it('have one writer at a time', async () => {
    const [one, other] = [
      await openByteWriter(bus.connection, 'source', 'two'),
      await openByteWriter(bus.connection, 'source', 'two'),
    ];
    await one.write(bytes(10));
    await expect(other.write(bytes(20, 9))).rejects.toMatchObject({ name: 'StreamingError', code: 'CONTENDED' });
    await one.write(bytes(5));
    await one.finish();
    expect((await read('two')).byteLength).toBe(15);
  });

  it('are read while they are written, and until the signal where they do not end', async () => {
    const writer = await openByteWriter(bus.connection, 'result', 'live');
    const stop = new AbortController();
    const seen: number[] = [];
    await writer.write(bytes(3));
    for await (const part of readBytes(bus.connection, 'result', 'live', { signal: stop.signal })) {
      seen.push(part.byteLength);
      if (seen.length === 3) stop.abort();
      else await writer.write(bytes(seen.length + 3));
    }
    expect(seen).toEqual([3, 4, 5]);
  });

  it('leave nothing on the server when nobody reads them any more', async () => {
    const writer = await openByteWriter(bus.connection, 'result', 'left');
    await writer.write(bytes(3));
    const readers = async (): Promise<number> =>
      (await bus.manager.streams.info('kinemacolor-result')).state.consumer_count;
    await expect.poll(readers).toBe(0);
    const [stop, signal] = [new AbortController(), never];
    const left = readBytes(bus.connection, 'result', 'left', { signal });
    const stopped = readBytes(bus.connection, 'result', 'left', { signal: stop.signal });
    await Promise.all([left.next(), stopped.next()]);
    expect(await readers()).toBe(2);
    await left.return();
    const ended = stopped.next();
    stop.abort();
    await ended;
    await expect.poll(readers).toBe(0);
  });

  it('of a job that is not there, or was forgotten, are none', async () => {
    expect(await keptBytes(bus.connection, 'source', 'nobody')).toEqual({ bytes: 0, whole: false });
    const writer = await openByteWriter(bus.connection, 'source', 'forgotten');
    await writer.write(bytes(10));
    expect(await jobsIn(bus.connection, 'source')).toContain('forgotten');
    await forgetJob(bus.connection, 'forgotten');
    expect(await jobsIn(bus.connection, 'source')).not.toContain('forgotten');
    expect(await keptBytes(bus.connection, 'source', 'forgotten')).toEqual({ bytes: 0, whole: false });
  });

  it('that are missing are told, not skipped', async () => {
    const writer = await openByteWriter(bus.connection, 'source', 'gap');
    for (let i = 0; i < 3; i++) await writer.write(bytes(10, i));
    await writer.finish();
    const { state } = await bus.manager.streams.info('kinemacolor-source', { subjects_filter: 'source.gap' });
    await bus.manager.streams.deleteMessage('kinemacolor-source', state.last_seq - 2);
    await expect(read('gap')).rejects.toMatchObject({ code: 'LOST', message: expect.stringMatching(/10 to 20/) as string }); // prettier-ignore
  });

  it('survive the server being killed', async () => {
    const film = bytes(LARGEST_CHUNK);
    const writer = await openByteWriter(bus.connection, 'source', 'killed');
    await writer.write(film);
    await writer.finish();
    const { url, pid, gone } = bus.server;
    process.kill(pid, 'SIGKILL');
    await gone;
    const again = await startNatsServer({ folder, port: Number(new URL(url).port) });
    try {
      await expect.poll(() => keptBytes(bus.connection, 'source', 'killed').catch(() => undefined)).toEqual({ bytes: film.byteLength, whole: true }); // prettier-ignore
      expect(await read('killed')).toEqual(Buffer.from(film));
    } finally {
      await again.stop();
    }
  });
});
