import { describe, expect, it } from 'vitest';
import { cosineRate } from './schedule.js';

describe('cosineRate', () => {
  const plan = { peak: 1e-3, steps: 1000, warmUp: 100, floor: 0.01 };

  it('climbs to the peak, is half-way down in the middle, and ends at the floor', () => {
    expect(cosineRate(0, plan)).toBeCloseTo(1e-5, 10);
    expect(cosineRate(99, plan)).toBeCloseTo(1e-3, 10);
    expect(cosineRate(550, plan)).toBeCloseTo(1e-3 * 0.505, 8);
    expect(cosineRate(1000, plan)).toBeCloseTo(1e-5, 10);
    expect(cosineRate(5000, plan)).toBeCloseTo(1e-5, 10);
  });
});
