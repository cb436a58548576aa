import { createHash } from 'node:crypto';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture, scenery } from '../testing/draw-picture.js';
import { openData, type Batch, type DataOptions, type StageView, type TrainingData } from './index.js';

const root = scratchDir();
const at = (...names: string[]): string => path.join(root, ...names);
const set = (name: string, weight = 1): DataOptions['color'][number] => ({ folder: at(name), weight });

const threads: Worker[] = [];
const started = (worker: Worker): unknown => threads.push(worker);
process.on('worker', started);
afterAll(() => process.off('worker', started));
/** A thread that has ended has no number any more. */
const running = (): number => threads.filter(({ threadId }) => threadId !== -1).length;

const opened: TrainingData[] = [];
afterAll(() => Promise.all(opened.map((data) => data.close())));

async function open(more: Partial<DataOptions> = {}): Promise<TrainingData> {
  const data = await openData({
    kind: 'cycle',
    bw: [set('grey')],
    color: [set('colour')],
    framing: 'crop',
    largestRender: 96,
    filmShare: 0.5,
    memoryMegabytes: 64,
    threads: 1,
    seed: 7,
    ...more,
  });
  opened.push(data);
  return data;
}

const VIEW: StageView = { size: 32, batch: 2 };

interface Place {
  readonly stage?: number;
  readonly epoch?: number;
  readonly from?: number;
}

async function batchesOf(
  data: TrainingData,
  view = VIEW,
  { stage = 0, epoch = 0, from = 0 }: Place = {},
): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of data.batches(view, stage, epoch, from, new AbortController().signal)) batches.push(batch);
  return batches;
}

const digest = ({ index, ...parts }: Batch): string => {
  const hash = createHash('sha256').update(String(index));
  for (const [name, values] of Object.entries(parts)) hash.update(name).update(values);
  return hash.digest('hex');
};
const digests = async (...of: Parameters<typeof batchesOf>): Promise<string[]> => (await batchesOf(...of)).map(digest);

/** The level in the middle of each picture of a plane or of three channels, and how many pixels have it. */
const middles = (values: Float32Array, { size, batch }: StageView): number[] => {
  const each = values.length / batch;
  const middle = (each / size / size) * ((size / 2) * size + size / 2);
  return Array.from({ length: batch }, (_, i) => Math.round((values[i * each + middle]! + 1) * 127.5));
};

const GREYS = Array.from({ length: 10 }, (_, i) => 20 + 22 * i);

beforeAll(async () => {
  for (const name of ['grey', 'colour', 'bright', 'dark', 'big']) await mkdir(at(name));
  await Promise.all([
    ...GREYS.map((level, i) => drawPicture(at('grey', `${i}.png`), 40, 30, () => [level, level, level])),
    ...Array.from({ length: 9 }, (_, i) => drawPicture(at('colour', `${i}.jpg`), 90 + i, 70 - i, scenery(i))),
    ...[0, 1].map((i) => drawPicture(at('bright', `${i}.png`), 20, 20, (x) => (x < 10 ? [255, 200, 200] : [200, 255, 200]))), // prettier-ignore
    ...Array.from({ length: 6 }, (_, i) => drawPicture(at('dark', `${i}.png`), 20, 20, (x) => (x < 10 ? [60, 0, 0] : [0, 60, 0]))), // prettier-ignore
    ...Array.from({ length: 6 }, (_, i) => drawPicture(at('big', `${i}.jpg`), 400, 300, scenery(i))),
  ]);
});

describe.each(['cycle', 'chroma'] as const)('batches of kind %s', (kind) => {
  it('are the same whoever decodes them, and wherever an epoch is begun', async () => {
    const data = await open({ kind });
    const all = await batchesOf(data);
    expect(all.map(({ index }) => index)).toEqual(kind === 'cycle' ? [0, 1, 2, 3, 4] : [0, 1, 2, 3]);
    const known = all.map(digest);
    expect(new Set(known).size).toBe(known.length);
    for (const from of [1, 3, known.length]) expect(await digests(data, VIEW, { from })).toEqual(known.slice(from));
    expect(await digests(await open({ kind, threads: 2 }))).toEqual(known);
  });

  it('are others in another epoch, another stage, and with another seed', async () => {
    const data = await open({ kind });
    const known = new Set(await digests(data));
    const others = [
      ...(await digests(data, VIEW, { epoch: 1 })),
      ...(await digests(data, VIEW, { stage: 1 })),
      ...(await digests(await open({ kind, seed: 8 }))),
    ];
    expect(new Set(others).size).toBe(3 * known.size);
    for (const other of others) expect(known).not.toContain(other);
  });

  it('have values in −1..1, in pictures of the size that was asked for', async () => {
    const data = await open({ kind, filmShare: 1, color: [set('colour'), set('bright'), set('dark')] });
    for (const { a, b, luma, chroma } of await batchesOf(data, { size: 24, batch: 3 })) {
      const parts = kind === 'cycle' ? [a, b] : [luma, chroma];
      expect(parts.map((part) => part!.length / (3 * 24 * 24))).toEqual(kind === 'cycle' ? [3, 3] : [1, 2]);
      for (const part of parts) expect(Math.max(...part!.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-6);
    }
  });
});

describe('batches', () => {
  it('go through every black-and-white picture once an epoch, each time in another order', async () => {
    const data = await open({ framing: 'square' });
    const order = async (epoch: number, view = VIEW): Promise<number[]> =>
      (await batchesOf(data, view, { epoch })).flatMap(({ a }) => middles(a!, view));
    const epochs = [await order(0), await order(1)];
    for (const levels of epochs) expect([...levels].sort((a, b) => a - b)).toEqual(GREYS);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[0]).not.toEqual(GREYS);
    // What makes no whole batch is left out.
    const some = await order(0, { ...VIEW, batch: 3 });
    expect(some).toHaveLength(9);
    expect(new Set(some).size).toBe(9);
  });

  it('have black-and-white pictures in three equal channels, and colour ones in three that are not', async () => {
    for (const { a, b } of await batchesOf(await open())) {
      const equal = (values: Float32Array): boolean => values.every((value, i) => value === values[i - (i % 3)]);
      expect(equal(a!)).toBe(true);
      expect(equal(b!)).toBe(false);
    }
  });

  it('draw sets by their weights, however many pictures they have', async () => {
    const data = await open({
      kind: 'chroma',
      framing: 'square',
      filmShare: 0,
      color: [set('bright', 3), set('dark', 1)],
    });
    expect(data.counts.color).toBe(8);
    const view = { size: 8, batch: 8, picturesPerEpoch: 400 };
    expect(data.batchesPerEpoch(view)).toBe(50);
    const levels = (await batchesOf(data, view)).flatMap(({ luma }) => middles(luma!, view));
    expect(levels).toHaveLength(400);
    const bright = levels.filter((level) => level > 128).length / 400;
    expect(bright).toBeGreaterThan(0.68);
    expect(bright).toBeLessThan(0.82);
  });

  it('draw black-and-white sets by their weights, where those differ', async () => {
    const levels = async (weights: readonly [number, number]): Promise<number[]> => {
      const bw = [set('bright', weights[0]), set('dark', weights[1])];
      const data = await open({ framing: 'square', bw });
      const all = await Promise.all(Array.from({ length: 50 }, (_, epoch) => batchesOf(data, VIEW, { epoch })));
      return all.flat().flatMap(({ a }) => middles(a!, VIEW));
    };
    const share = (all: readonly number[]): number => all.filter((level) => level > 128).length / all.length;
    // Two pictures of eight.
    expect(share(await levels([5, 5]))).toBe(0.25);
    const heavy = await levels([9, 1]);
    expect(heavy).toHaveLength(50 * 8);
    expect(share(heavy)).toBeGreaterThan(0.85);
    expect(share(heavy)).toBeLessThan(0.95);
  });

  it('draw other pictures in each epoch and stage, not only other crops', async () => {
    // In squares without film nothing else is left to chance.
    const data = await open({ kind: 'chroma', framing: 'square', filmShare: 0 });
    const view = { size: 16, batch: 9 };
    const known = await digests(data, view);
    expect(await digests(data, view, { epoch: 1 })).not.toEqual(known);
    expect(await digests(data, view, { stage: 1 })).not.toEqual(known);
    expect(await digests(await open({ kind: 'chroma', framing: 'square', filmShare: 0, seed: 8 }), view)).not.toEqual(known); // prettier-ignore
  });

  it('are the same whether pictures are kept or decoded anew', async () => {
    await cp(at('big'), at('passing'), { recursive: true });
    const options = { kind: 'chroma', color: [set('passing')] } as const;
    // Six pictures of 0.34 MB.
    const [few, all] = [await open({ ...options, memoryMegabytes: 1 }), await open(options)];
    const known = await digests(few);
    expect(known).toHaveLength(3);
    await rm(at('passing'), { recursive: true });
    expect(await digests(all)).toEqual(known);
    await expect(batchesOf(few, { ...VIEW, batch: 6 })).rejects.toThrow('passing');
  });

  it('have others in place of a picture that has vanished, and tell of it once', async () => {
    await cp(at('big'), at('leaving'), { recursive: true });
    const files = { kind: 'chroma', color: [set('leaving')], memoryMegabytes: 0.1 } as const;
    const [one, another] = [await open(files), await open(files)];
    const view = { ...VIEW, batch: 1, picturesPerEpoch: 40 };
    const known = await digests(one, view);
    await rm(at('leaving', '4.jpg'));
    const without = await digests(one, view);
    const same = known.filter((one, i) => without[i] === one).length;
    expect(same).toBeGreaterThan(20);
    expect(same).toBeLessThan(40);
    expect(one.takeLost()).toEqual([{ name: '4.jpg', reason: expect.stringContaining('missing') as string }]);
    // Wherever it is noticed first, the same others come.
    expect(await digests(another, view, { from: 17 })).toEqual(without.slice(17));
    expect(await digests(one, view)).toEqual(without);
    expect(one.takeLost()).toEqual([]);
    await rm(at('leaving', '1.jpg'));
    await expect(batchesOf(one, view)).rejects.toMatchObject({ code: 'BAD_DATA', message: expect.stringMatching(/^2 of 6 .*1\.jpg/) as string }); // prettier-ignore
  });

  it('end where the only picture of a set has vanished', async () => {
    await mkdir(at('single'));
    await cp(at('big', '0.jpg'), at('single', '0.jpg'));
    const data = await open({ kind: 'chroma', color: [set('single')], memoryMegabytes: 0.1 });
    await rm(at('single', '0.jpg'));
    await expect(batchesOf(data, { ...VIEW, batch: 1 })).rejects.toMatchObject({ code: 'BAD_DATA' });
  });

  it('share a picture that lies among both kinds: it is decoded and kept once', async () => {
    await cp(at('big'), at('shared'), { recursive: true });
    // Room for six pictures of 0.34 MB, not for twelve.
    const data = await open({ bw: [set('shared')], color: [set('shared')], memoryMegabytes: 3 });
    await rm(at('shared'), { recursive: true });
    expect(await batchesOf(data)).toHaveLength(3);
  });

  it('end when they are aborted, and can be asked for again', async () => {
    const data = await open();
    const known = await digests(data);
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const batch of data.batches(VIEW, 0, 0, 0, controller.signal)) {
      seen.push(digest(batch));
      if (seen.length === 2) controller.abort();
    }
    expect(seen).toEqual(known.slice(0, 2));
    for await (const batch of data.batches(VIEW, 0, 0, 0, controller.signal)) expect.unreachable(String(batch.index));
    expect(await digests(data, VIEW, { from: 2 })).toEqual(known.slice(2));
  });
});

describe('batchesPerEpoch', () => {
  it('takes the pictures that there are, or as many as are asked for', async () => {
    const cycle = await open();
    const chroma = await open({ kind: 'chroma' });
    const count = (data: TrainingData, batch: number, picturesPerEpoch?: number): number =>
      data.batchesPerEpoch({ size: 32, batch, picturesPerEpoch });
    expect([count(cycle, 2), count(cycle, 3), count(cycle, 2, 4), count(cycle, 2, 100)]).toEqual([5, 3, 2, 5]);
    expect([count(chroma, 2), count(chroma, 2, 4), count(chroma, 2, 100)]).toEqual([4, 2, 50]);
  });

  it('says how many pictures there are when they are too few', async () => {
    const cycle = await open();
    expect(() => cycle.batchesPerEpoch({ size: 32, batch: 11 })).toThrow(
      expect.objectContaining({ code: 'BAD_DATA', message: expect.stringMatching(/takes 11, .* 10 black-and-white .*\(0 skipped\)/) as string }), // prettier-ignore
    );
    const chroma = await open({ kind: 'chroma', color: [set('colour'), set('grey')].slice(0, 1) });
    expect(() => chroma.batchesPerEpoch({ size: 32, batch: 10, picturesPerEpoch: 100 })).toThrow(
      expect.objectContaining({ code: 'BAD_DATA', message: expect.stringMatching(/takes 10, .* 9 colour /) as string }), // prettier-ignore
    );
  });
});

describe('close', () => {
  it('ends every thread, with batches under way too', async () => {
    const before = running();
    const data = await open({ threads: 2 });
    expect(running()).toBe(before + 2);
    for await (const { index } of data.batches(VIEW, 0, 0, 0, new AbortController().signal)) if (index === 0) break;
    await data.close();
    expect(running()).toBe(before);
  });

  it('is not needed after a failure', async () => {
    const before = running();
    const count = threads.length;
    await expect(open({ color: [set('nowhere')] })).rejects.toThrow('nowhere');
    expect(threads.length).toBeGreaterThan(count);
    expect(running()).toBe(before);
  });
});
