import { expect, it } from 'vitest';

import { restartDelay } from './restart-delay.js';

it('grows from crash to crash up to 5 s, and starts anew after a long life or a drain', () => {
  const delays: number[] = [];
  for (let crash = 0; crash < 7; crash++) delays.push(restartDelay(delays.at(-1), 'SIGKILL', 500));
  expect(delays).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  expect(restartDelay(5000, 'exit code 1', 30_001)).toBe(100);
  expect(restartDelay(5000, 'exit code 0', 500)).toBe(100);
});
