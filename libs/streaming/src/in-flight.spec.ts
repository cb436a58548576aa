import { describe, expect, it } from 'vitest';
import { InFlight } from './in-flight.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('pieces in flight', () => {
  it('are so many at a time, and no more', async () => {
    const flight = new InFlight(2);
    const ends: (() => void)[] = [];
    const work = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    await flight.add(work);
    await flight.add(work);
    let third = false;
    const adding = flight.add(work).then(() => (third = true));
    await turn();
    expect([ends.length, third]).toEqual([2, false]);
    ends[0]!();
    await adding;
    expect(ends.length).toBe(3);
    for (const end of ends) end();
    await flight.settle();
  });

  it('that fail are told to whoever adds or settles next', async () => {
    const flight = new InFlight(4);
    await flight.add(() => Promise.reject(new Error('lost')));
    await turn();
    await expect(flight.add(() => Promise.resolve())).rejects.toThrow('lost');
    await expect(flight.settle()).rejects.toThrow('lost');
  });
});
