import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Batcher, type BatcherOptions } from './batcher.js';

interface Item {
  readonly job: string;
  readonly group: string;
  readonly index: number;
}
const item = (job: string, index: number, group = 'g'): Item => ({ job, group, index });
const names = (batch: readonly Item[] | undefined): string[] => batch!.map(({ job, index }) => `${job}${index}`);
const DEFAULTS = { maxBatch: 4, preferred: [4], maxDelayMs: 60_000, most: 100 };
const open = (options: Partial<BatcherOptions> = {}): Batcher<Item> => new Batcher({ ...DEFAULTS, ...options });

describe('a batch', () => {
  it('goes when a preferred size is reached, and has no more', async () => {
    const batcher = open();
    const next = batcher.next();
    for (let i = 0; i < 6; i++) batcher.add(item('a', i));
    expect(names(await next)).toEqual(['a0', 'a1', 'a2', 'a3']);
    expect(batcher.size).toBe(2);
  });

  it('is the largest preferred size that there is enough for', async () => {
    const batcher = open({ preferred: [2, 4], maxBatch: 8 });
    for (let i = 0; i < 7; i++) batcher.add(item('a', i));
    expect(await batcher.next()).toHaveLength(4);
    expect(await batcher.next()).toHaveLength(2);
  });

  it('goes when its oldest has waited long enough, and not before', async () => {
    const batcher = open({ maxDelayMs: 80 });
    const started = performance.now();
    const next = batcher.next();
    batcher.add(item('a', 0));
    await pause(20);
    batcher.add(item('a', 1));
    expect(names(await next)).toEqual(['a0', 'a1']);
    expect(performance.now() - started).toBeGreaterThanOrEqual(79);
  });

  it('is of one group', async () => {
    const batcher = open({ maxDelayMs: 0 });
    for (let i = 0; i < 4; i++) batcher.add(item('a', i, i % 2 === 0 ? 'small' : 'large'));
    expect(names(await batcher.next())).toEqual(['a0', 'a2']);
    expect(names(await batcher.next())).toEqual(['a1', 'a3']);
  });

  it('has turns of all jobs, a job with few frames as often as one with many', async () => {
    const batcher = open();
    for (let i = 0; i < 8; i++) batcher.add(item('long', i));
    for (let i = 0; i < 2; i++) batcher.add(item('short', i));
    expect(names(await batcher.next()).toSorted()).toEqual(['long0', 'long1', 'short0', 'short1']);
  });

  it('of another job comes next, batch by batch', async () => {
    const batcher = open({ maxBatch: 1, preferred: [1] });
    for (let i = 0; i < 5; i++) batcher.add(item('a', i));
    const order = [...names(await batcher.next()), ...names(await batcher.next())];
    for (let i = 0; i < 3; i++) batcher.add(item('b', i, 'other'));
    for (let i = 0; i < 6; i++) order.push(...names(await batcher.next()));
    expect(order).toEqual(['a0', 'a1', 'b0', 'a2', 'b1', 'a3', 'b2', 'a4']);
  });

  it('of a job whose frames come one at a time does not starve the others', async () => {
    const batcher = open({ maxBatch: 1, preferred: [1] });
    for (let i = 0; i < 3; i++) batcher.add(item('many', i));
    const order: string[] = [];
    for (let i = 0; i < 4; i++) {
      batcher.add(item('drip', i));
      order.push(...names(await batcher.next()));
    }
    expect(order.filter((name) => name.startsWith('many'))).toHaveLength(2);
  });
});

describe('the batcher', () => {
  it('is bounded', () => {
    const batcher = open({ most: 2 });
    batcher.add(item('a', 0));
    batcher.add(item('a', 1));
    expect(() => {
      batcher.add(item('a', 2));
    }).toThrow(RangeError);
  });

  it('gives back what waits when it is closed, and ends those who ask', async () => {
    const batcher = open();
    const next = batcher.next();
    batcher.add(item('a', 0));
    expect(names(batcher.close())).toEqual(['a0']);
    expect([await next, await batcher.next()]).toEqual([undefined, undefined]);
  });
});
