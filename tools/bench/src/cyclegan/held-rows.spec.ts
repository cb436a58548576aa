import { expect, test } from 'vitest';
import { reached } from '../result.js';
import type { Held } from './held.js';
import { heldRows } from './held-rows.js';

const MIB = 2 ** 20;
const early = { steps: 50, held: { rss: 1000 * MIB, peak: 1200 * MIB, tensors: 300 } };
const rows = (late: Held) => heldRows('w', early, { steps: 500, held: late });

test('what has stayed is reached, with what was held as its numbers', () => {
  const [resident, ...others] = rows({ rss: 1040 * MIB, peak: 1200 * MIB, tensors: 300 });
  expect(resident).toEqual({
    name: 'w: resident, MiB',
    numbers: { 'after 50 steps': 1000, 'after 500 steps': 1040 },
    ratio: 1.04,
    target: { most: 1.05 },
  });
  expect([resident!, ...others].every(reached)).toBe(true);
});

test.each([
  ['resident', { rss: 1060 * MIB, peak: 1200 * MIB, tensors: 300 }],
  ['peak', { rss: 1000 * MIB, peak: 1300 * MIB, tensors: 300 }],
  ['tensors', { rss: 1000 * MIB, peak: 1200 * MIB, tensors: 301 }],
])('%s that grows is missed, and nothing else', (what, late) => {
  expect(rows(late).filter((row) => !reached(row)).map(({ name }) => name)).toEqual([expect.stringContaining(what)]); // prettier-ignore
});
