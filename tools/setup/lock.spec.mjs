import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { withLock } from './lock.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinemacolor-lock-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('withLock', () => {
  test('lets only one work at a time', async () => {
    const lock = join(folder, 'setup.lock');
    let inside = 0;
    let most = 0;
    let waited = 0;
    const work = async () => {
      inside++;
      most = Math.max(most, inside);
      // The first one works until both others have found it there, however late they come.
      while (waited < 2) await sleep(5);
      await sleep(30);
      inside--;
    };
    const options = { pollMs: 5, onWait: () => waited++ };
    await Promise.all([withLock(lock, work, options), withLock(lock, work, options), withLock(lock, work, options)]);
    expect(most).toBe(1);
    expect(waited).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is of one at a time, whatever moment the others come at, and leaves nothing', async () => {
    const lock = join(folder, 'setup.lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(0);
      inside--;
    };
    const inTurn = async () => {
      for (let round = 0; round < 30; round++) await withLock(lock, work, { pollMs: 1 });
    };
    await Promise.all(Array.from({ length: 6 }, inTurn));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is released when the work fails', async () => {
    const lock = join(folder, 'setup.lock');
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(lock, () => Promise.resolve('free'))).toBe('free');
  });

  test('takes over the lock of a process that is dead', async () => {
    const lock = join(folder, 'setup.lock');
    const dead = spawn(process.execPath, ['-e', '']);
    const pid = dead.pid;
    await new Promise((resolve) => dead.once('exit', resolve));
    const several = Array.from({ length: 8 }, (_, index) => index);
    let inside = 0;
    let most = 0;
    const work = async (one) => {
      most = Math.max(most, ++inside);
      await sleep(1);
      inside--;
      return one;
    };
    await mkdir(lock);
    await writeFile(join(lock, 'owner.json'), JSON.stringify({ token: 'old', pid, host: hostname() }));
    const all = several.map((one) => withLock(lock, () => work(one), { pollMs: 5 }));
    expect(await Promise.all(all)).toEqual(several);
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('takes over a lock on another machine only when its heartbeat has stopped', async () => {
    const lock = join(folder, 'setup.lock');
    await mkdir(lock);
    await writeFile(join(lock, 'owner.json'), JSON.stringify({ token: 'far', pid: 1, host: 'another-machine' }));
    const abort = new AbortController();
    const early = withLock(lock, () => Promise.resolve('early'), { pollMs: 5, signal: abort.signal });
    await sleep(60);
    abort.abort();
    await expect(early).rejects.toMatchObject({ code: 'interrupted' });
    const old = new Date(Date.now() - 120_000);
    await utimes(lock, old, old);
    expect(await withLock(lock, () => Promise.resolve('late'), { pollMs: 5 })).toBe('late');
  });
});
