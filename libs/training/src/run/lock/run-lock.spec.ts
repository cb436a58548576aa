import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { thisOwner } from './lock-owner.js';
import { lockText, type LockOwner } from './lock-text.js';
import { LOCK_FILE, RunLock, type LockOptions } from './run-lock.js';

const root = scratchDir();
let runs = 0;
async function fresh(): Promise<string> {
  const folder = path.join(root, `run-${(runs += 1)}`);
  await mkdir(folder);
  return folder;
}
const lockOf = (folder: string): string => path.join(folder, LOCK_FILE);

const locks: RunLock[] = [];
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const lock of locks) await lock.release();
});

async function take(folder: string, more: Partial<LockOptions> = {}): Promise<{ lock: RunLock; told: string[] }> {
  const told: string[] = [];
  const lock = await RunLock.take(folder, { tell: (line) => told.push(line), ...more });
  locks.push(lock);
  return { lock, told };
}

/** A lock that somebody has left. */
async function leave(folder: string, change: Partial<LockOwner>): Promise<string> {
  const text = lockText({ ...(await thisOwner()), ...change }, 7);
  await writeFile(lockOf(folder), text);
  return text;
}

/** A process of its own that holds a lock until it is killed. */
async function holder(folder: string): Promise<ChildProcess> {
  const built = fileURLToPath(new URL('run-lock.js', import.meta.url)).replace('/src/', '/dist/');
  const program = `
    import { RunLock } from ${JSON.stringify(built)};
    await RunLock.take(${JSON.stringify(folder)}, { tell: console.error });
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

const refusal = (words: string): object =>
  expect.objectContaining({ code: 'BAD_RUN', message: expect.stringContaining(words) as string }) as object;

describe('RunLock', () => {
  it('refuses a second one, naming the first, until that is released', async () => {
    const folder = await fresh();
    const { lock, told } = await take(folder);
    await expect(take(folder)).rejects.toEqual(refusal(`process ${process.pid} on ${os.hostname()}`));
    await lock.check();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await take(folder);
    expect(told).toEqual([]);
  });

  it('of a process that lives is refused, and of one that was killed taken over at once', async () => {
    const folder = await fresh();
    const child = await holder(folder);
    await expect(take(folder)).rejects.toEqual(refusal(`process ${child.pid!} on ${os.hostname()}`));
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await readdir(folder)).toEqual([LOCK_FILE]);
    const { lock, told } = await take(folder);
    expect(told).toEqual([]);
    await lock.check();
  });

  it('tells a process from an earlier one that had its number', async () => {
    const folder = await fresh();
    await leave(folder, { began: '1' });
    const { told } = await take(folder);
    expect(told).toEqual([]);
  });

  it('of another machine is taken over when it does not beat', async () => {
    for (const change of [{ machine: 'elsewhere', host: 'far-away', pid: 1 }, { machine: '' }]) {
      const folder = await fresh();
      await leave(folder, change);
      const { lock, told } = await take(folder, { staleMs: 60 });
      expect(told).toEqual([expect.stringContaining(`locked by process ${change.pid ?? process.pid} on ${change.host ?? os.hostname()}`)]); // prettier-ignore
      await lock.check();
    }
  });

  it('of another machine is refused when it beats', async () => {
    const folder = await fresh();
    await leave(folder, { machine: 'elsewhere', host: 'far-away', pid: 12 });
    const beats = (): void => void leave(folder, { machine: 'elsewhere', host: 'far-away', pid: 12, token: 'other' });
    await expect(take(folder, { tell: beats, staleMs: 20_000 })).rejects.toEqual(refusal('process 12 on far-away'));
  });

  it('of another machine is not waited for to the end when it is released', async () => {
    const folder = await fresh();
    await leave(folder, { machine: 'elsewhere' });
    const released = (): void => void rm(lockOf(folder));
    await take(folder, { tell: released, staleMs: 30_000 });
  });

  it('that is none, as one whose writer was killed, does not block either', async () => {
    const folder = await fresh();
    await writeFile(lockOf(folder), '{"host":');
    await writeFile(`${lockOf(folder)}.removing`, '');
    await take(folder, { staleMs: 60 });
    expect(await readdir(folder)).toEqual([LOCK_FILE]);
  });

  it('goes to one of many who find a dead one', async () => {
    for (let round = 0; round < 5; round++) {
      const folder = await fresh();
      await leave(folder, { began: '1' });
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => take(folder)));
      const [one, ...others] = all.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      expect(others).toEqual([]);
      await one!.lock.check();
      for (const answer of all) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'BAD_RUN' }); // prettier-ignore
    }
  });

  it('beats while a step holds the main thread', async () => {
    const folder = await fresh();
    await take(folder, { beatMs: 10 });
    const before = readFileSync(lockOf(folder), 'utf8');
    const deadline = performance.now() + 30_000;
    // Nothing else runs in this thread until then.
    while (readFileSync(lockOf(folder), 'utf8') === before && performance.now() < deadline);
    expect(readFileSync(lockOf(folder), 'utf8')).not.toBe(before);
  });

  it('that was taken over is told so, and leaves the new one alone', async () => {
    const folder = await fresh();
    const { lock } = await take(folder, { beatMs: 10 });
    const [file, own] = [lockOf(folder), path.join(folder, 'own')];
    await link(file, own);
    const theirs = lockText({ ...(await thisOwner()), host: 'far-away', pid: 12, token: 'theirs' }, 3);
    await writeFile(path.join(folder, 'theirs'), theirs);
    await rename(path.join(folder, 'theirs'), file);
    await expect(lock.check()).rejects.toEqual(refusal('process 12 on far-away'));
    const then = await readFile(own, 'utf8');
    await expect.poll(() => readFile(own, 'utf8'), { timeout: 30_000 }).not.toBe(then);
    await lock.release();
    expect(await readFile(file, 'utf8')).toBe(theirs);
    await rm(file);
    await expect(lock.check()).rejects.toEqual(refusal('run.lock has gone'));
  });

  it('says why a folder cannot be locked', async () => {
    await writeFile(path.join(root, 'a-file'), '');
    await expect(take(path.join(root, 'a-file'))).rejects.toMatchObject({ code: 'WRITE_FAILED', message: expect.stringMatching(/run\.lock cannot be written: ENOTDIR.*who owns/) as string }); // prettier-ignore
  });
});
