import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { isRunning } from './is-running.js';

it('knows a process that runs from one that has ended', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid!;
  expect(isRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(pid)).toBe(false);
});

it('takes one that has ended for ended, though its parent takes no notice', async () => {
  // The shell becomes a program that does not wait for what the shell has started.
  const parent = spawn('sh', ['-c', 'sleep 300 & echo $!; exec sleep 300'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [said] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const pid = Number(said);
  expect(isRunning(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isRunning(pid)).toBe(false);
  // It has its number still.
  expect(process.kill(pid, 0)).toBe(true);
});

it.each([0, -1, 1.5, Number.NaN])('takes %d for no process', (pid) => {
  expect(isRunning(pid)).toBe(false);
});
