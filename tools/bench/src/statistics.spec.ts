import { expect, test } from 'vitest';
import { byName, median, medians, percentile, ratio, significant } from './statistics.js';

test('the median is the middle of the sorted values, or the mean of the middle two', () => {
  expect(median([9, 1, 100])).toBe(9);
  expect(median([10, 9, 1, 100])).toBe(9.5);
  expect(median([3])).toBe(3);
});

test('the median leaves its input as it was', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('a median of nothing, or of what is no number, is refused', () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => median([1, NaN])).toThrow('NaN');
  expect(() => median([1, Infinity, 2])).toThrow(RangeError);
});

test('a percentile is one of the values, with so many of them at or below it', () => {
  const values = Array.from({ length: 20 }, (_, i) => 20 - i);
  expect([50, 95, 100, 1].map((percent) => percentile(values, percent))).toEqual([10, 19, 20, 1]);
  expect(() => percentile([], 50)).toThrow(RangeError);
  expect(() => percentile([NaN], 50)).toThrow(RangeError);
});

test('a ratio needs a divisor above zero', () => {
  expect(ratio(3, 2)).toBe(1.5);
  expect(() => ratio(3, 0)).toThrow('3 ÷ 0');
  expect(() => ratio(NaN, 1)).toThrow(RangeError);
});

test('significant digits keep small and large numbers readable', () => {
  expect(significant(1234.5678)).toBe(1235);
  expect(significant(0.000123456, 2)).toBe(0.00012);
  expect(significant(NaN)).toBeNaN();
});

test('rounds become lists and medians by name; what nobody could tell is left out', () => {
  const rounds = [
    { wall: 3, cpu: NaN },
    { wall: 1, cpu: 2 },
    { wall: 8, cpu: 2 },
  ];
  expect(byName(rounds)).toEqual({ wall: [3, 1, 8] });
  expect(medians(rounds)).toEqual({ wall: 3 });
  expect(medians([])).toEqual({});
});
