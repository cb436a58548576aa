import { describe, expect, it } from 'vitest';
import { bordersOf, FrameClock, secondsIn, wholeSeconds, type Borders } from './frame-clock.js';
import { STAGES } from './names.js';

describe('FrameClock', () => {
  it('gives each frame stages that come to the whole, whichever of them it was told of', () => {
    const over: [number, Borders, string][] = [];
    const clock = new FrameClock<string>((...frame) => over.push(frame));
    clock.begin(0, [1_000_000, 1_100_000], 'first');
    clock.end(0, 'queue', 1_300_000);
    clock.end(0, 'infer', 1_400_000);
    clock.finishBefore(1);
    const [index, borders, facts] = over[0]!;
    expect([index, facts, borders.length]).toEqual([0, 'first', STAGES.length + 1]);
    expect(STAGES.map((stage) => secondsIn(borders, stage))).toEqual([0.1, 0, 0.2, 0, 0.1, 0, 0, 0, 0, 0]);
    expect(wholeSeconds(borders)).toBeCloseTo(0.4, 9);
  });

  it('does not take the wait for its own turn for that for the one before it', () => {
    const over: Borders[] = [];
    const clock = new FrameClock<undefined>((_, borders) => over.push(borders));
    // The second comes first; nobody takes either before 900.
    clock.begin(1, bordersOf(0, { decode: 10, deliver: 100 }).slice(0, 7), undefined);
    clock.begin(0, bordersOf(0, { decode: 10, deliver: 400 }).slice(0, 7), undefined);
    for (const index of [0, 1]) {
      clock.turn(index);
      clock.end(index, 'merge', 900 + index);
    }
    clock.finishBefore(2);
    const [second, first] = over as [Borders, Borders];
    expect([secondsIn(first, 'reorder'), secondsIn(first, 'merge')]).toEqual([0, 500e-6]);
    expect([secondsIn(second, 'reorder'), secondsIn(second, 'merge')]).toEqual([300e-6, 501e-6]);
  });

  it('holds no frame that is over, and hears of each once', () => {
    const over: number[] = [];
    const clock = new FrameClock<undefined>((index) => over.push(index));
    for (let index = 0; index < 100; index++) {
      clock.begin(index, [index], undefined);
      clock.begin(index, [0], undefined);
      clock.endBefore(index, 'encode', index + 1);
      clock.finishBefore(index - 3);
      expect(clock.size).toBeLessThanOrEqual(4);
    }
    expect(over).toEqual(Array.from({ length: 96 }, (_, index) => index));
    // One that is over comes again.
    clock.begin(5, [0], undefined);
    clock.end(5, 'keep');
    expect(clock.size).toBe(4);
  });

  it('gives no stage a length below nothing where two clocks differ', () => {
    const borders = bordersOf(1000, { decode: 2000, window: 2000, queue: 1500, batch: 2500 });
    expect([secondsIn(borders, 'queue'), secondsIn(borders, 'batch')]).toEqual([0, 0.001]);
    // Then the stages come to more than the whole.
    const sum = STAGES.reduce((all, stage) => all + secondsIn(borders, stage), 0);
    expect([sum, wholeSeconds(borders)]).toEqual([0.002, 0.0015]);
  });
});
