import { describe, expect, it } from 'vitest';

import { Flicker, flicker } from './flicker.js';
import type { Yuv } from './image.js';

const frame = (y: readonly number[], u: readonly number[], v: readonly number[]): Yuv => ({
  width: y.length,
  height: 1,
  y: Uint8Array.from(y),
  u: Uint8Array.from(u),
  v: Uint8Array.from(v),
});

const noCuts: ReadonlySet<number> = new Set();

describe('flicker', () => {
  it('is the mean chroma step where the luma stood still', () => {
    const before = frame([100, 100, 100], [128, 128, 128], [128, 128, 128]);
    // The last pixel moved, so its large step does not count: ((4 + 2) / 2 + 0) / 2
    const after = frame([100, 102, 103], [132, 128, 200], [126, 128, 200]);
    expect(flicker([before, after], noCuts)).toBe(1.5);
    expect(flicker([before, after], noCuts, { stillLumaLevels: 0 })).toBe(3);
  });

  it('starts afresh at a cut', () => {
    const red = frame([50], [90], [200]);
    const blue = frame([50], [200], [90]);
    expect(flicker([red, red, blue, blue], noCuts)).toBeCloseTo(110 / 3, 12);
    expect(flicker([red, red, blue, blue], new Set([2]))).toBe(0);
  });

  it('has no answer when everything moved', () => {
    const meter = new Flicker();
    meter.add(frame([0], [128], [128]));
    meter.add(frame([200], [128], [128]));
    expect(meter.stillPixels).toBe(0);
    expect(meter.value()).toBeNaN();
  });

  it('refuses a change of size within a shot and takes it at a cut', () => {
    const meter = new Flicker();
    meter.add(frame([0], [128], [128]));
    expect(() => {
      meter.add(frame([0, 0], [128, 128], [128, 128]));
    }).toThrow('2x1');
    meter.cut();
    meter.add(frame([0, 0], [128, 128], [128, 128]));
    expect(meter.stillPixels).toBe(0);
  });
});
