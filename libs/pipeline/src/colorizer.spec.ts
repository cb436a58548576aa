import { availableParallelism } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChromaBytes } from '@kinemacolor/models';
import { scratchDir } from '@kinemacolor/testing';
import { startColorizer, type Colorizer } from './colorizer.js';
import { saveTinyModel } from './testing/tiny-model.js';

const folder = scratchDir();
const model = path.join(folder, 'model');
const size = { batch: 1, width: 32, height: 24 };
const grey = (level: number): Uint8Array => new Uint8Array(32 * 24).map((_, i) => (level + i) & 255);

let colorizer: Colorizer;
beforeAll(async () => {
  await saveTinyModel(model);
  colorizer = await startColorizer({ model, device: 'cpu' });
});
afterAll(() => colorizer.close());

describe('startColorizer', () => {
  it('tells what it loaded', () => {
    expect(colorizer.info).toMatchObject({ name: 'tiny', renderSize: 64 });
    expect(colorizer.engine).toMatchObject({ device: 'cpu' });
  });

  it('paints the same for the same picture, alone or in a batch, and leaks nothing', async () => {
    const alone = await colorizer.colorize(grey(10), size);
    const tensors = colorizer.tensors;
    const both = await colorizer.colorize(Uint8Array.of(...grey(90), ...grey(10)), { ...size, batch: 2 });
    const second = both.u.subarray(32 * 24);
    // Another order of float additions may tip a level over.
    expect(Math.max(...alone.u.map((value, i) => Math.abs(value - second[i]!)))).toBeLessThanOrEqual(1);
    for (let k = 0; k < 20; k++) await colorizer.colorize(grey(k), size);
    expect(colorizer.tensors).toBe(tensors);
  });

  it('answers in order, and refuses more than it can hold', async () => {
    const order: number[] = [];
    const waiting = Array.from({ length: 8 }, async (_, k) => {
      await colorizer.colorize(grey(k), size);
      order.push(k);
    });
    await expect(colorizer.colorize(grey(9), size)).rejects.toMatchObject({ code: 'BUSY' });
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('says what is wrong with a batch and goes on', async () => {
    await expect(colorizer.colorize(grey(1), { ...size, width: 33 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect((await colorizer.colorize(grey(1), size)).u).toHaveLength(32 * 24);
  });

  it.skipIf(availableParallelism() === 1)(
    'paints the same bytes with one worker and with two (skipped on one core)',
    async () => {
      const two = await startColorizer({ model, device: 'cpu', workers: 2 });
      expect([colorizer.workers, two.workers]).toEqual([1, 2]);
      const paint = (by: Colorizer): Promise<ChromaBytes[]> =>
        Promise.all(Array.from({ length: 8 }, (_, k) => by.colorize(grey(20 * k), size)));
      const [alone, both] = [await paint(colorizer), await paint(two)];
      expect(both).toEqual(alone);
      expect(both[0]).not.toEqual(both[1]);
      await two.close();
    },
  );

  it('refuses a number of workers that the machine does not have', async () => {
    for (const workers of [0, 1.5, availableParallelism() + 1]) {
      await expect(startColorizer({ model, device: 'cpu', workers })).rejects.toMatchObject({ code: 'FAILED' });
    }
  });

  it('keeps the event loop alive while it paints', async () => {
    const big = { batch: 1, width: 512, height: 512 };
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await Promise.all(Array.from({ length: 4 }, () => colorizer.colorize(new Uint8Array(512 * 512), big)));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it('says that there is no model', async () => {
    const start = startColorizer({ model: path.join(folder, 'none'), device: 'cpu' });
    await expect(start).rejects.toMatchObject({ name: 'ModelError', code: 'NOT_FOUND' });
  });

  it('rejects what waits when it is closed, and can be closed twice', async () => {
    const other = await startColorizer({ model, device: 'cpu' });
    const waiting = other.colorize(grey(1), size);
    const closing = other.close();
    await expect(waiting).rejects.toMatchObject({ code: 'WORKER_DIED' });
    await closing;
    await other.close();
    await expect(other.colorize(grey(1), size)).rejects.toMatchObject({ code: 'WORKER_DIED' });
  });
});
