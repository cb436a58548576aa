import { expect, test } from 'vitest';
import { runShot, syntheticRows } from './synthetic-rows.js';
import { syntheticShots } from './synthetic-shots.js';

test('switched off, nothing is gained and nothing is spoilt', () => {
  const { flicker, error, smear, frames } = runShot(syntheticShots(4)[0]!, 0);
  expect(frames).toBe(4);
  expect(flicker.with).toBe(flicker.without);
  expect(error.with).toBe(error.without);
  expect(smear).toEqual({ mean: 0, percentile99: 0 });
});

test('every shot has noise to take away, and a row with what its ratio was made of', () => {
  for (const { name, numbers, ratio } of syntheticRows(0.7, 4)) {
    expect(name).toMatch(/: (flicker|error)$/);
    expect(numbers['without']).toBeGreaterThan(1);
    expect(ratio).toBeCloseTo(numbers['with']! / numbers['without']!, 2);
  }
});
