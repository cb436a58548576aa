import { expect, test } from 'vitest';
import type { PairRound, PairTimes } from './measure-pair.js';
import { passRow } from './pass-row.js';

const round = (on: number, off: number): PairRound => ({ on, off, firstOn: 10 * on, firstOff: 10 * off });
const times = (...rounds: PairRound[]): PairTimes => ({
  nodes: { on: 284, off: 420 },
  difference: 0.006,
  precision: 'bf16',
  rounds,
});

test('the ratio is of medians, time without ÷ time with, and has no target', () => {
  const row = passRow('generator', 'fusedInstanceNorm', times(round(50, 60), round(40, 55), round(45, 500)));
  expect(row).toEqual({
    name: 'generator: fusedInstanceNorm',
    numbers: {
      'ms with': 45,
      'ms without': 60,
      'first result ms with': 450,
      'first result ms without': 600,
      'nodes with': 284,
      'nodes without': 420,
      'mean difference': 0.006,
    },
    rounds: {
      'ms with': [50, 40, 45],
      'ms without': [60, 55, 500],
      'first result ms with': [500, 400, 450],
      'first result ms without': [600, 550, 5000],
    },
    ratio: 60 / 45,
  });
});

test('the difference of a step is that of its losses', () => {
  expect(passRow('step', 'foldConstants', times(round(1, 2))).numbers['largest loss difference']).toBe(0.006);
});

test('what was not timed is an error, not a ratio', () => {
  expect(() => passRow('step', 'foldConstants', times())).toThrow(RangeError);
});
