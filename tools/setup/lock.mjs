import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { interrupted } from './run.mjs';

const HEARTBEAT_MS = 5_000;
/** A holder that has not touched its lock for this long is taken for dead, on whatever machine it ran. */
const STALE_MS = 60_000;
/** A lock without an owner file: its maker died between the two calls. */
const ORPHAN_MS = 5_000;

/**
 * Runs `work` while holding a lock that only one process of this user (or of several machines that share the folder)
 * can hold. The lock is a folder, since making a folder either succeeds or fails; a lock whose holder is dead is
 * taken over.
 *
 * @template T
 * @param {string} folder of the lock; its parent is made when missing
 * @param {() => Promise<T>} work
 * @param {{ signal?: AbortSignal | undefined, onWait?: (holder: string) => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, options = {}) {
  const token = await acquire(folder, options);
  const beat = setInterval(() => {
    const now = new Date();
    // A failing touch means the lock was taken over or its disk is gone: the release below reports what matters.
    utimes(folder, now, now).catch((error) => process.emitWarning(`lock ${folder}: ${error.message}`));
  }, HEARTBEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await owner(folder))?.token === token) await rm(folder, { recursive: true, force: true });
  }
}

async function acquire(folder, { signal, onWait, pollMs = 250 }) {
  const token = randomUUID();
  await mkdir(dirname(folder), { recursive: true });
  let told = false;
  for (;;) {
    if (signal?.aborted) throw interrupted();
    try {
      await mkdir(folder);
      await writeFile(join(folder, 'owner.json'), JSON.stringify({ token, pid: process.pid, host: hostname() }));
      return token;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = await owner(folder);
    if (await isStale(folder, holder)) {
      await takeAway(folder, holder);
      continue;
    }
    if (!told) onWait?.(holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`);
    told = true;
    await sleep(pollMs);
  }
}

async function owner(folder) {
  try {
    return JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function isStale(folder, holder) {
  let touched;
  try {
    touched = (await stat(folder)).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
  const age = Date.now() - touched;
  if (holder === undefined) return age > ORPHAN_MS;
  if (holder.host === hostname() && !isAlive(holder.pid)) return true;
  return age > STALE_MS;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moves a stale lock aside; when two processes do so at once, one may catch the other's new lock and gives it back. */
async function takeAway(folder, holder) {
  const aside = `${folder}.stale-${randomUUID()}`;
  try {
    await rename(folder, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const taken = await owner(aside);
  if (taken !== undefined && taken.token !== holder?.token) {
    await rename(aside, folder);
    return;
  }
  await rm(aside, { recursive: true, force: true });
}
