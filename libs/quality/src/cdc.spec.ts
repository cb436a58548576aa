import { describe, expect, it } from 'vitest';

import { ColourDistributionConsistency, cdc } from './cdc.js';
import type { Image } from './image.js';

const flat = (r: number, g: number, b: number): Image => ({
  width: 2,
  height: 1,
  data: Uint8Array.of(r, g, b, r, g, b),
});

describe('CDC', () => {
  it('is 0 for a clip that stands still', () => {
    expect(cdc(Array.from({ length: 6 }, () => flat(10, 20, 30)))).toBe(0);
  });

  it('is ln 2 when no two frames share a level', () => {
    expect(cdc([0, 1, 2, 3, 4, 5].map((i) => flat(i, 50 + i, 100 + i)))).toBeCloseTo(Math.LN2, 12);
  });

  it('weights the three distances equally', () => {
    // Frames alternate: t = 1 differs in one channel of three, t = 2 and t = 4 not at all.
    const frames = [0, 1, 2, 3, 4, 5].map((i) => flat(i % 2, 50, 100));
    expect(cdc(frames)).toBeCloseTo(Math.LN2 / 9, 12);
  });

  it('leaves out distances that the clip is too short for', () => {
    expect(cdc([flat(0, 0, 0), flat(1, 1, 1)])).toBeCloseTo(Math.LN2, 12);
    expect(cdc([flat(0, 0, 0)])).toBeNaN();
  });

  it('does not compare across a cut', () => {
    const consistency = new ColourDistributionConsistency();
    consistency.add(flat(0, 0, 0));
    consistency.add(flat(0, 0, 0));
    consistency.cut();
    consistency.add(flat(9, 9, 9));
    consistency.add(flat(9, 9, 9));
    expect(consistency.value()).toBe(0);
  });
});
