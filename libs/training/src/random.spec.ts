import { describe, expect, it } from 'vitest';
import { Random } from './random.js';

describe('Random', () => {
  it('repeats from its seed and goes on from a snapshot', () => {
    const a = new Random(7);
    const first = Array.from({ length: 100 }, () => a.next());
    expect(
      Array.from(
        { length: 100 },
        (
          (b) => () =>
            b.next()
        )(new Random(7)),
      ),
    ).toEqual(first);
    const c = new Random(a.snapshot());
    expect(Array.from({ length: 50 }, () => c.next())).toEqual(Array.from({ length: 50 }, () => a.next()));
  });

  it('differs from seed to seed', () => {
    expect(new Random(1).next()).not.toBe(new Random(2).next());
  });

  it('is uniform and normal to what 40,000 draws can tell', () => {
    const random = new Random(3);
    const draws = Array.from({ length: 40_000 }, () => random.next());
    expect(Math.min(...draws.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(draws.reduce((a, b) => a + b) / draws.length).toBeCloseTo(0.5, 1.7);
    const normals = Array.from({ length: 40_000 }, () => random.normal());
    const mean = normals.reduce((a, b) => a + b) / normals.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(normals.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normals.length).toBeCloseTo(1, 1);
  });
});
