import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { cpuSecondsOf, descendantsCpuSeconds, ownTicks } from './tree-cpu.js';

test('the fields are counted after the name, whatever stands in it', () => {
  const after = Array.from({ length: 20 }, (_, i) => i).join(' ');
  expect(ownTicks(`12 (a) odd (name) ${after}`)).toBe(11 + 12);
});

/** Works for some 0.3 CPU seconds, says so, and waits. */
const WORK =
  "do { for (let x = 0, i = 0; i < 1e6; i++) x += Math.sqrt(i); } while (process.cpuUsage().user < 3e5); console.log('done'); setInterval(() => {}, 1e3);";
/** Has another process do it. */
const HAS_WORK_DONE = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(WORK)}], { stdio: ['ignore', 'inherit', 'inherit'] });`;

describe.runIf(process.platform === 'linux')('CPU seconds', () => {
  test('of what was started count while it runs, and no less when it has ended', async () => {
    const before = descendantsCpuSeconds();
    const child = spawn(process.execPath, ['-e', WORK], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const running = descendantsCpuSeconds() - before;
    child.kill();
    await once(child, 'close');
    const ended = descendantsCpuSeconds() - before;
    expect(running).toBeGreaterThanOrEqual(0.25);
    expect(ended).toBeGreaterThanOrEqual(running);
    expect(ended).toBeLessThan(3);
  });

  test('of what a child has started count, too', async () => {
    const before = descendantsCpuSeconds();
    const child = spawn(process.execPath, ['-e', HAS_WORK_DONE], { stdio: ['ignore', 'pipe', 'inherit'], detached: true }); // prettier-ignore
    await once(child.stdout, 'data');
    const taken = descendantsCpuSeconds() - before;
    process.kill(-child.pid!);
    await once(child, 'close');
    expect(taken).toBeGreaterThanOrEqual(0.25);
  });

  test('of one that is gone are not known', async () => {
    expect(cpuSecondsOf(process.pid)).toBeGreaterThan(0);
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'close');
    expect(cpuSecondsOf(child.pid!)).toBeUndefined();
  });
});
