import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { childrenCpuSeconds, childTicks } from './children-cpu.js';

test('the fields are counted after the name, whatever stands in it', () => {
  const after = Array.from({ length: 20 }, (_, i) => i).join(' ');
  expect(childTicks(`12 (a) odd (name) ${after}`)).toBe(13 + 14);
});

test.runIf(process.platform === 'linux')('a child that worked shows in the difference', () => {
  const before = childrenCpuSeconds();
  const work =
    'let x = 0; do { for (let i = 0; i < 1e6; i++) x += Math.sqrt(i); } while (process.cpuUsage().user < 3e5);';
  execFileSync(process.execPath, ['-e', work]);
  const taken = childrenCpuSeconds() - before;
  expect(taken).toBeGreaterThanOrEqual(0.25);
  expect(taken).toBeLessThan(3);
});
