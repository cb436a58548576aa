import { expect, test } from 'vitest';
import { differenceOf } from './agreement.js';

test('mean and largest difference are found wherever they are', () => {
  expect(differenceOf(Float32Array.of(0, 1, 2), Float32Array.of(0, 1.5, 1.75))).toEqual({ mean: 0.25, largest: 0.5 });
  expect(differenceOf(Float32Array.of(1), Float32Array.of(1))).toEqual({ mean: 0, largest: 0 });
});

test('other lengths, nothing, and what is no number are never small', () => {
  const none = { mean: NaN, largest: NaN };
  expect(differenceOf(Float32Array.of(1), Float32Array.of(1, 2))).toEqual(none);
  expect(differenceOf(new Float32Array(0), new Float32Array(0))).toEqual(none);
  expect(differenceOf(Float32Array.of(1, NaN, 3), Float32Array.of(1, 2, 3))).toEqual(none);
});
