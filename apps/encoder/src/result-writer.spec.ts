import path from 'node:path';
import { keptBytes, openBus, readBytes, startNatsServer, type Bus, type NatsServer } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResultDiffers, writeResult } from './result-writer.js';

let server: NatsServer;
let bus: Bus;
beforeAll(async () => {
  server = await startNatsServer({ folder: path.join(scratchDir(), 'nats') });
  bus = await openBus({ servers: [server.url], name: 'test', streams: { fileBytes: 2 ** 28, memoryBytes: 2 ** 26 } });
});
afterAll(async () => {
  await bus.connection.close();
  await server.stop();
});

const film = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) & 255));
const signal = new AbortController().signal;

/** The film in pieces, up to a place where the encoder is killed. */
async function* pieces(bytes: Buffer, until = bytes.length, size = 50_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < until; at += size) yield await Promise.resolve(bytes.subarray(at, Math.min(at + size, until)));
  if (until < bytes.length) throw new Error('killed');
}

const write = (job: string, output: AsyncIterable<Uint8Array>): Promise<number> =>
  writeResult(bus.connection, job, output, { signal, onWritten: () => undefined });

async function result(job: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of readBytes(bus.connection, 'result', job, { signal })) parts.push(part);
  return Buffer.concat(parts);
}

describe('the result', () => {
  it('is gone on with where an encoder was killed, whatever pieces it comes in', async () => {
    await expect(write('resumed', pieces(film, 2_333_333))).rejects.toThrow('killed');
    const { bytes } = await keptBytes(bus.connection, 'result', 'resumed');
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(film.length);
    expect(await write('resumed', pieces(film, film.length, 177_777))).toBe(film.length);
    expect((await result('resumed')).equals(film)).toBe(true);
  });

  it('is not gone on with when it comes out other than what was given out', async () => {
    await expect(write('other', pieces(film, 2_333_333))).rejects.toThrow('killed');
    const changed = Buffer.from(film);
    changed[1000]! ^= 1;
    await expect(write('other', pieces(changed))).rejects.toThrow(ResultDiffers);
    await expect(write('other', pieces(film.subarray(0, 400_000)))).rejects.toThrow(ResultDiffers);
    expect((await keptBytes(bus.connection, 'result', 'other')).whole).toBe(false);
  });

  it('has nothing more written to it once its job has ended', async () => {
    const ended = new AbortController();
    const output = (async function* () {
      yield await Promise.resolve(film.subarray(0, 1000));
      ended.abort(new Error('ended'));
      yield film.subarray(1000, 2000);
    })();
    const writing = writeResult(bus.connection, 'ended', output, { signal: ended.signal, onWritten: () => undefined });
    await expect(writing).rejects.toThrow('ended');
    expect((await keptBytes(bus.connection, 'result', 'ended')).bytes).toBeLessThanOrEqual(1000);
  });
});
