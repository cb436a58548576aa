import { expect, test } from 'vitest';
import { checkSameTraining } from './same-training.js';

test('the largest relative difference is told', () => {
  expect(checkSameTraining('x', [1, 0.9, 0.82], [1, 0.9, 0.8])).toBeCloseTo(0.025);
});

test.each([
  ['rises', [1, 1.01, 1.02], [1, 1, 1]],
  ['stays', [1, 1, 1], [1, 1, 1]],
  ['falls otherwise', [1, 0.9, 0.7], [1, 0.9, 0.8]],
  ['is shorter', [1, 0.9], [1, 0.9, 0.8]],
  ['is no number', [1, NaN, 0.8], [1, 0.9, 0.8]],
  ['is nothing', [], []],
])('a side that %s is refused', (_, losses, reference) => {
  expect(() => checkSameTraining('some side', losses, reference)).toThrow('some side');
});
