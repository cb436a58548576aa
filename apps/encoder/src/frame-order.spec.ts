import { ChromaFrame } from '@kinemacolor/contracts';
import { describe, expect, it } from 'vitest';
import { FrameOrder } from './frame-order.js';

const frame = (index: number, rest: Partial<ChromaFrame> = {}): ChromaFrame =>
  ChromaFrame.create({ frame: { jobId: 'job', index, pts: String(index), epoch: 0, timeBase: undefined }, ...rest });

function drained(order: FrameOrder): number[] {
  const taken: number[] = [];
  for (let next = order.take(); next !== undefined; next = order.take()) taken.push(next.frame!.index);
  return taken;
}

describe('the order of frames', () => {
  it('is that of the film, whatever order they come in', () => {
    const order = new FrameOrder(3);
    for (const index of [5, 4]) order.add(frame(index));
    expect(drained(order)).toEqual([]);
    order.add(frame(3));
    expect(drained(order)).toEqual([3, 4, 5]);
    expect([order.next, order.waiting]).toEqual([6, 0]);
  });

  it('has each frame once: what has passed, or waits already, is dropped and counted', () => {
    const order = new FrameOrder(0);
    for (const index of [0, 2, 2]) order.add(frame(index));
    expect(drained(order)).toEqual([0]);
    order.add(frame(0));
    expect(order.duplicates).toBe(2);
    order.add(frame(1));
    expect(drained(order)).toEqual([1, 2]);
  });

  it('prefers colours that come after all to held ones, but not the other way round', () => {
    const order = new FrameOrder(0);
    order.add(frame(0, { held: true }));
    order.add(frame(0, { model: 'late' }));
    order.add(frame(0, { held: true }));
    expect(order.take()).toMatchObject({ held: false, model: 'late' });
  });
});
