import { expect, test } from 'vitest';
import { OURS, VARIANTS, variantName } from '../step/step-sides.js';
import { cycleGanRows } from './cyclegan-rows.js';

type Form = 'eager' | 'compile';

/** A round in which every way of PyTorch of this form takes as long, and in bf16 a tenth less. */
const round = (form: Form, ours: number, torch: number): Record<string, number> =>
  Object.fromEntries([
    [OURS, ours],
    ...VARIANTS.filter((variant) => variant.form === form).map((variant): [string, number] => [
      variantName(variant),
      torch * (variant.precision === 'bf16' ? 0.9 : 1),
    ]),
  ]);
const rounds = {
  eager: [round('eager', 40, 100), round('eager', 50, 200), round('eager', 45, 100)],
  compile: [round('compile', 60, 50), round('compile', 61, 60), round('compile', 10, 500)],
};

test('eager PyTorch decides; torch.compile is told with its own ratio, of ours in the same rounds', () => {
  const [row, ...ways] = cycleGanRows('w', rounds, 0.03);
  expect(row).toMatchObject({ ratio: 90 / 45, target: { least: 1.25 } });
  expect(row!.numbers).toEqual({
    'ours ms': 45,
    'quickest torch ms': 90,
    'quickest torch.compile ms': 54,
    'torch.compile ÷ ours': 54 / 60,
    'largest loss difference': 0.03,
  });
  expect(ways.map(({ name, target }) => [name, target])).toEqual([
    ['w: torch fp32', undefined],
    ['w: torch bf16 amp', undefined],
  ]);
  expect(ways[0]!.numbers).toMatchObject({ 'contiguous eager ms': 100, 'contiguous compile ms': 60 });
});

const sides: readonly (readonly [Form, string])[] = [
  ['eager', OURS],
  ['compile', OURS],
  ...VARIANTS.map((variant) => [variant.form, variantName(variant)] as const),
];
test.each(sides)('without a time among the %s ones of %s there is no ratio', (form, side) => {
  const lacking = { ...rounds, [form]: [{ ...rounds[form][0], [side]: NaN }] };
  expect(() => cycleGanRows('w', lacking, 0)).toThrow(RangeError);
});
