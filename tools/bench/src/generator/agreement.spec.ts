import { expect, test } from 'vitest';
import { largestDifference } from './agreement.js';

test('the largest difference is found wherever it is', () => {
  expect(largestDifference(Float32Array.of(0, 1, 2), Float32Array.of(0, 1.5, 1.75))).toBe(0.5);
  expect(largestDifference(Float32Array.of(1), Float32Array.of(1))).toBe(0);
});

test('other lengths and what is no number are never small', () => {
  expect(largestDifference(Float32Array.of(1), Float32Array.of(1, 2))).toBeNaN();
  expect(largestDifference(Float32Array.of(1, NaN, 3), Float32Array.of(1, 2, 3))).toBeNaN();
});
