import { expect, test } from 'vitest';
import { reached } from '../result.js';
import { directRows, type DirectCosts } from './direct-rows.js';

const round = (costMs: number, dropped = 0): DirectCosts['rounds'][number] => ({
  warmUpFrames: 10,
  offMs: 1,
  onMs: 1 + costMs,
  costMs,
  received: { spans: 100, frames: 10, dropped },
});
const direct = (...rounds: DirectCosts['rounds'][number][]): DirectCosts[] => [{ name: 'all frames', most: 0.03, rounds }]; // prettier-ignore

test('the cost of a frame is held against what the services take for it, median against median', () => {
  const [cost, dropped] = directRows(direct(round(2), round(9), round(3)), [90, 100, 140]);
  expect(cost).toMatchObject({ ratio: 0.03, numbers: { off: 100, cost: 3 }, target: { most: 0.03 } });
  expect([reached(cost!), reached(dropped!)]).toEqual([true, true]);
  expect(reached(directRows(direct(round(3.1)), [100])[0]!)).toBe(false);
  expect(reached(directRows(direct(round(1, 0), round(1, 4)), [100])[1]!)).toBe(false);
});

test('alone there is nothing to hold it against', () => {
  const [cost] = directRows(direct(round(2)), []);
  expect(cost).toMatchObject({ numbers: { cost: 2 } });
  expect(cost!.ratio).toBeUndefined();
  expect(cost!.target).toBeUndefined();
});
