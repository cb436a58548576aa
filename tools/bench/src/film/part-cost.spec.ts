import { expect, test } from 'vitest';
import { floorSeconds } from './part-cost.js';

test('the floor is all CPU seconds of all parts over the cores, whatever their wall time', () => {
  const costs = [
    { frames: 10, ffmpegCpuSeconds: 4, ownCpuSeconds: 0.5, wallSeconds: 99 },
    { frames: 10, ffmpegCpuSeconds: 0, ownCpuSeconds: 20, wallSeconds: 1 },
    { frames: 10, ffmpegCpuSeconds: 15, ownCpuSeconds: 0.5, wallSeconds: 1 },
  ];
  expect(floorSeconds(costs, 2)).toBe(20);
  expect(floorSeconds(costs, 4)).toBe(10);
});
