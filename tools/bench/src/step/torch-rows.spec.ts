import { expect, test } from 'vitest';
import { VARIANTS, variantName } from './step-sides.js';
import { quickestTorch, torchRows } from './torch-rows.js';

const times = Object.fromEntries(VARIANTS.map((variant, i) => [variantName(variant), [100 - i, 100 - i, 1]]));

test('the quickest is that of medians, of all ways or of one form', () => {
  expect(quickestTorch(times)).toBe(93);
  expect(quickestTorch(times, 'compile')).toBe(93);
  expect(quickestTorch(times, 'eager')).toBe(94);
});

test('a way that was not timed is an error, unless it is not asked for', () => {
  const lacking = { ...times, [variantName({ precision: 'fp32', memory: 'contiguous', form: 'compile' })]: [] };
  expect(() => quickestTorch(lacking)).toThrow(RangeError);
  expect(quickestTorch(lacking, 'eager')).toBe(94);
});

test('a row for each precision has the four other ways', () => {
  const [fp32, bf16] = torchRows('w', times);
  expect(fp32!.name).toBe('w: torch fp32');
  expect(Object.keys(fp32!.numbers)).toEqual([
    'contiguous eager ms',
    'contiguous compile ms',
    'channels_last eager ms',
    'channels_last compile ms',
  ]);
  expect(bf16!.numbers['channels_last eager ms']).toBe(94);
});
