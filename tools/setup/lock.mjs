import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { interrupted } from './run.mjs';

const HEARTBEAT_MS = 5_000;
/** A holder that has not touched its lock for this long is taken for dead, on whatever machine it ran. */
const STALE_MS = 60_000;
/** A lock whose owner cannot be read: its disk has lost that. */
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
    if ((await owner(folder))?.token === token) await moveAway(folder);
  }
}

async function acquire(folder, { signal, onWait, pollMs = 250 }) {
  const token = randomUUID();
  await mkdir(dirname(folder), { recursive: true });
  let told = false;
  for (;;) {
    if (signal?.aborted) throw interrupted();
    if (await place(folder, token)) return token;
    const holder = await owner(folder);
    if (await isStale(folder, holder)) {
      await takeAway(folder, holder, { signal, pollMs });
      continue;
    }
    if (!told) onWait?.(holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`);
    told = true;
    await sleep(pollMs);
  }
}

/** A folder that comes into being whole, by a rename: with its owner in it, or not at all. */
async function place(folder, token) {
  const made = `${folder}.${token}`;
  try {
    await mkdir(made);
    await writeFile(join(made, 'owner.json'), JSON.stringify({ token, pid: process.pid, host: hostname() }));
    await rename(made, folder);
    return true;
  } catch (error) {
    if (!isThere(error)) throw error;
    return false;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** What a rename says where a folder with something in it is in the way. */
const isThere = (error) => error.code === 'ENOTEMPTY' || error.code === 'EEXIST';

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

/** One at a time, by a lock of its own: else a slow process could take away what a quick one has just made. */
async function takeAway(folder, holder, { signal, pollMs }) {
  const work = async () => {
    if ((await owner(folder))?.token === holder?.token) await moveAway(folder);
  };
  await withLock(`${folder}.heir`, work, { signal, pollMs });
}

/** At once, by a rename: what is removed bit by bit could be the next one's by the end. */
async function moveAway(folder) {
  const aside = `${folder}.${randomUUID()}`;
  try {
    await rename(folder, aside);
  } catch (error) {
    // Its owner was alive after all, and has let go of it.
    if (error.code !== 'ENOENT') throw error;
  }
  await rm(aside, { recursive: true, force: true });
}
