import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isRunning } from './is-running.js';

it('knows a process that runs from one that has ended', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid!;
  expect(isRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(pid)).toBe(false);
});

it.each([0, -1, 1.5, Number.NaN])('takes %d for no process', (pid) => {
  expect(isRunning(pid)).toBe(false);
});
