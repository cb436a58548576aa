import { describe, expect, it } from 'vitest';
import { scaleFor, stepScale } from './scale.js';

describe('a scale', () => {
  it('has round ticks that hold all values', () => {
    const scale = scaleFor([24.77, 26.43], { log: false });
    expect(scale.ticks.map((tick) => Number(tick.toFixed(6)))).toEqual([24.5, 25, 25.5, 26, 26.5]);
    expect(scale.at(24.5)).toBeCloseTo(0, 9);
    expect(scale.at(26.5)).toBeCloseTo(1, 9);
  });

  it('starts at zero for what comes near it', () => {
    expect(scaleFor([0.1, 0.9], { log: false }).at(0)).toBe(0);
  });

  it('is logarithmic for values far apart, where that is wanted and possible', () => {
    const far = scaleFor([0.01, 1, 10], { log: true });
    expect(far.log).toBe(true);
    expect(far.at(1) - far.at(0.1)).toBeCloseTo(far.at(10) - far.at(1), 9);
    expect(scaleFor([0, 10], { log: true }).log).toBe(false);
    expect(scaleFor([0.01, 10], { log: false }).log).toBe(false);
  });

  it.each([[[]], [[0]], [[5]], [[-3]], [[1e-30]], [[1e30, -1e30]]])('of %j has finite places', (values: number[]) => {
    const scale = scaleFor(values, { log: true });
    expect(scale.ticks.length).toBeGreaterThan(1);
    expect(scale.ticks.length).toBeLessThan(20);
    for (const value of [...values, ...scale.ticks]) {
      expect(scale.at(value)).toBeGreaterThanOrEqual(-1e-9);
      expect(scale.at(value)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('of steps spans just them', () => {
    const scale = stepScale(0, 66_000);
    expect(scale.at(66_000)).toBe(1);
    expect(scale.ticks).toEqual([0, 20_000, 40_000, 60_000]);
    expect(stepScale(0, 0).ticks[0]).toBe(0);
  });
});
