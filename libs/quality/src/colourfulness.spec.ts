import { expect, it } from 'vitest';

import { colourfulness, colourfulnessRatio } from './colourfulness.js';

it('is 0 for grey', () => {
  expect(colourfulness({ width: 3, height: 1, data: Uint8Array.of(0, 0, 0, 90, 90, 90, 255, 255, 255) })).toBe(0);
});

it('counts a uniform colour by its mean alone', () => {
  // rg = 100, yb = 50: 0.3 · √(100² + 50²)
  const flat = colourfulness({ width: 2, height: 1, data: Uint8Array.of(100, 0, 0, 100, 0, 0) });
  expect(flat).toBeCloseTo(0.3 * Math.sqrt(12_500), 9);
});

it('counts opposite colours by their spread', () => {
  // rg = ±100, yb = 50: √(100²) + 0.3 · 50
  expect(colourfulness({ width: 2, height: 1, data: Uint8Array.of(100, 0, 0, 0, 100, 0) })).toBeCloseTo(115, 9);
});

it('has a ratio to a truth that has colours, and none to a grey one', () => {
  expect(colourfulnessRatio(30, 60)).toBe(0.5);
  expect(colourfulnessRatio(0, 60)).toBe(0);
  expect(colourfulnessRatio(0, 0)).toBeUndefined();
  expect(colourfulnessRatio(30, 0)).toBeUndefined();
  expect(colourfulnessRatio(30, 0.9)).toBeUndefined();
});
