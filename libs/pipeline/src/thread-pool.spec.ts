import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LumaFrame } from '@kinemacolor/media';
import { scratchDir } from '@kinemacolor/testing';
import { colorizeStage } from './colorize-stage.js';
import { saveTinyModel } from './testing/tiny-model.js';
import { calibrate } from './calibrate.js';
import { ThreadPool } from './thread-pool.js';

const model = path.join(scratchDir(), 'model');
const small = { batch: 1, width: 32, height: 24 };
/** So much work that even a busy machine does not keep another thread from a small batch for as long. */
const large = { batch: 1, width: 1024, height: 1024 };
const grey = ({ width, height }: typeof small, level: number): Uint8Array =>
  new Uint8Array(width * height).map((_, i) => (level + i) & 255);

/** Made before the first of them is sent, as that takes a while too. */
const larges = (count: number): Uint8Array[] => Array.from({ length: count }, () => grey(large, 0));

beforeAll(() => saveTinyModel(model));

async function open(threads: number): Promise<ThreadPool> {
  const { pool } = await ThreadPool.open({ model, device: 'cpu', precision: 'auto' }, () => undefined);
  await pool.resize(threads);
  return pool;
}

/** The thread itself: nothing that it is sent makes it die. */
function threadOf(pool: ThreadPool, index: number): Worker {
  return (pool as unknown as { threads: { worker: Worker }[] }).threads[index]!.worker;
}

async function* frames(count: number): AsyncGenerator<LumaFrame> {
  for (let index = 0; index < count; index++) {
    yield await Promise.resolve({ index, pts: BigInt(index), luma: grey(small, 5 * index) });
  }
}

describe('ThreadPool', () => {
  it('answers a small batch before a large one that was sent first, and colorizeStage still keeps the order', async () => {
    const pool = await open(2);
    // The first batch of a thread builds its graph, which would decide the race below.
    await Promise.all([pool.colour(grey(small, 0), small), pool.colour(grey(small, 0), small)]);
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const onFirst = (planes: readonly Uint8Array[]): Promise<unknown> =>
      Promise.all(planes.map((plane) => pool.colour(plane, large, 1)));
    await Promise.all([onFirst(larges(4)).then(note('large')), pool.colour(grey(small, 0), small).then(note('small'))]);
    expect(order).toEqual(['small', 'large']);

    // One of the two threads is kept busy, so that what it gets behind that is answered late.
    const busy = onFirst(larges(3));
    const answered: number[] = [];
    let sent = 0;
    const colorizer: Parameters<typeof colorizeStage>[1] = {
      colorize: async (luma, size) => {
        const index = sent++;
        const chroma = await pool.colour(luma, size);
        answered.push(index);
        return chroma;
      },
    };
    const seen = [];
    for await (const frame of colorizeStage(frames(20), colorizer, { ...small, inFlight: 4 })) seen.push(frame);
    await busy;
    expect(answered).not.toEqual(answered.toSorted((a, b) => a - b));
    expect(seen.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    for (const { index, u, v } of seen) {
      const own = await pool.colour(grey(small, 5 * index), small);
      expect({ u: Uint8Array.from(u), v: Uint8Array.from(v) }).toEqual(own);
    }
    await pool.close();
  });

  it('takes eight batches for each thread and refuses more', async () => {
    const pool = await open(2);
    const waiting = Array.from({ length: 16 }, (_, k) => pool.colour(grey(small, k), small));
    await expect(pool.colour(grey(small, 16), small)).rejects.toMatchObject({ code: 'BUSY' });
    await expect(pool.resize(1)).rejects.toMatchObject({ code: 'BUSY' });
    expect(await Promise.all(waiting)).toHaveLength(16);
    await pool.close();
  });

  it('grows and shrinks between batches, never below one thread', async () => {
    const pool = await open(2);
    const chroma = await pool.colour(grey(small, 1), small);
    await pool.resize(0);
    expect(pool.size).toBe(1);
    expect(await pool.colour(grey(small, 1), small)).toEqual(chroma);
    await pool.close();
  });

  it('fails a calibration under way with one error, and leaves no other unheard', async () => {
    const pool = await open(1);
    const failed = expect(calibrate(pool, { width: 32, height: 24, most: 2 })).rejects.toMatchObject({
      code: 'WORKER_DIED',
    });
    // Both threads have pictures for two seconds then, one under way and one behind it.
    await expect.poll(() => pool.size).toBe(2);
    await pause(500);
    await threadOf(pool, 1).terminate();
    await failed;
    await pool.close();
  });

  it('fails all that waits, and what comes later, when one thread dies', async () => {
    const pool = await open(2);
    const waiting = larges(6).map((plane) => pool.colour(plane, large));
    const settled = Promise.allSettled(waiting);
    await threadOf(pool, 1).terminate();
    for (const outcome of await settled) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'PipelineError', code: 'WORKER_DIED' } });
    }
    await expect(pool.colour(grey(small, 1), small)).rejects.toMatchObject({ code: 'WORKER_DIED' });
    await expect(pool.resize(1)).rejects.toMatchObject({ code: 'WORKER_DIED' });
    await pool.close();
  });

  it('ends all threads when it is closed, one that is just starting too', async () => {
    const pool = await open(2);
    const threads = [0, 1].map((index) => threadOf(pool, index));
    const waiting = pool.resize(3);
    const closing = pool.close();
    await expect(waiting).rejects.toMatchObject({ code: 'WORKER_DIED' });
    await closing;
    // The id of a thread that has ended.
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1]);
    expect(pool.size).toBe(2);
  });
});
