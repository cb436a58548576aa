import { expect, test } from 'vitest';
import { checkSameTraining } from './same-training.js';

const bound = { apart: 0.05, falls: true };

test('the largest relative difference is told', () => {
  expect(checkSameTraining('x', [1, 0.9, 0.82], [1, 0.9, 0.8], bound)).toBeCloseTo(0.025);
});

test.each([
  ['rises', [1, 1.01, 1.02], [1, 1, 1]],
  ['stays', [1, 1, 1], [1, 1, 1]],
  ['falls otherwise', [1, 0.9, 0.7], [1, 0.9, 0.8]],
  ['is shorter', [1, 0.9], [1, 0.9, 0.8]],
  ['is no number', [1, NaN, 0.8], [1, 0.9, 0.8]],
  ['is nothing', [], []],
])('a side that %s is refused', (_, losses, reference) => {
  expect(() => checkSameTraining('some side', losses, reference, bound)).toThrow('some side');
});

test('a loss that need not fall must still be the same', () => {
  const free = { ...bound, falls: false };
  expect(checkSameTraining('x', [1, 4, 1.01], [1, 4, 1], free)).toBeCloseTo(0.01);
  expect(() => checkSameTraining('x', [1, 4, 1.1], [1, 4, 1], free)).toThrow('other work');
});
