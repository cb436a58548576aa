import { describe, expect, it } from 'vitest';
import { clock, rateOf } from './progress-display.js';

describe('the progress display', () => {
  it('counts the rate from the first frame of this run, not of the film', () => {
    const first = { frames: 240, at: 1000 };
    expect(rateOf({ frames: 340, total: 640 }, first, 6000)).toEqual({ fps: 20, secondsLeft: 15 });
  });

  it('promises nothing before it knows', () => {
    const first = { frames: 0, at: 1000 };
    expect(rateOf({ frames: 0, total: 10 }, first, 1000)).toEqual({
      fps: undefined,
      secondsLeft: undefined,
    });
    expect(rateOf({ frames: 10, total: undefined }, first, 2000)).toEqual({
      fps: 10,
      secondsLeft: undefined,
    });
  });

  it.each([
    [undefined, '-:--'],
    [0, '0:00'],
    [75, '1:15'],
    [3700, '1:01:40'],
  ])('writes %s seconds as %s', (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });
});
