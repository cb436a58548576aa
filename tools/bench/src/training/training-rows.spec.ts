import { expect, test } from 'vitest';
import { EAGER, OURS, VARIANTS, variantName } from '../step/step-sides.js';
import { trainingRows } from './training-rows.js';

const round = (ours: number, first: number): Record<string, number> =>
  Object.fromEntries([
    [OURS, ours],
    [EAGER, 200],
    ...VARIANTS.map((variant, i): [string, number] => [variantName(variant), first + 10 * i]),
  ]);

test('the ratio is of medians, against the quickest way of PyTorch', () => {
  const [row, fp32, bf16] = trainingRows('w', [round(50, 100), round(40, 90), round(45, 500)], {
    [OURS]: 0.01,
    [EAGER]: 0,
  });
  expect(row).toMatchObject({ ratio: 100 / 45, target: { least: 1.25 } });
  expect(row!.numbers).toEqual({
    'ours ms': 45,
    'ours eager fp32 ms': 200,
    'quickest torch ms': 100,
    'largest loss difference': 0.01,
  });
  expect(fp32!.numbers).toEqual({
    'contiguous eager ms': 100,
    'contiguous compile ms': 110,
    'channels_last eager ms': 120,
    'channels_last compile ms': 130,
  });
  expect(bf16!.numbers['channels_last compile ms']).toBe(170);
});

test('a way that was not timed is an error, not a better ratio', () => {
  const lacking = { ...round(50, 100), [variantName(VARIANTS[0]!)]: NaN };
  expect(() => trainingRows('w', [lacking], {})).toThrow(RangeError);
});
