import { randomUUID } from 'node:crypto';
import { readFileSync, rmdirSync, unlinkSync } from 'node:fs';
import { mkdir, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from './is-running.js';
import { makeFolders } from './make-folders.js';

/** Others may take and leave it, or remove the folder that it is in, while it is being taken. */
const TRIES = 100;
const HEIR = '.heir';

/**
 * Takes a lock for this process; one that a dead process has left is taken over, also when its number was given again.
 *
 * The lock is a folder with the owner's name in it, which comes into being whole, by a rename: a file that is made and
 * then written could be read empty in between, and the hard links that would help there do not exist on every disk
 * that films are kept on. Processes of other machines or containers are not seen.
 * @param lock the folder that is the lock; those above it are made where they are missing. One of its name with `.heir`
 *   stands beside it while it is taken over
 * @param busy the error where another process has it
 * @returns what lets go of it; idempotent. It goes with the process, too
 * @throws what `busy` gives; the errors of the file system
 */
export async function takeProcessLock(lock: string, busy: (pid: number) => Error): Promise<() => Promise<void>> {
  const mine = `${process.pid} ${(await birthOf(process.pid)) ?? ''}`;
  let failure: unknown;
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      await place(lock, mine);
      return keep(lock, mine);
    } catch (error) {
      if (!hasCode(error, 'EEXIST', 'ENOTEMPTY', 'ENOENT')) throw error;
      failure = error;
    }
    const theirs = await ownerOf(lock);
    if (theirs === undefined) continue;
    const [pid = '', birth = ''] = theirs.split(' ');
    if (await runs(Number(pid), birth)) throw busy(Number(pid));
    await takeAway(lock, theirs, busy);
  }
  throw failure;
}

/** @throws ENOTEMPTY, EEXIST where there is one, ENOENT where the folder that it is in was removed meanwhile */
async function place(lock: string, mine: string): Promise<void> {
  await makeFolders(path.dirname(lock));
  const made = `${lock}.${randomUUID()}`;
  try {
    await mkdir(made, { mode: 0o700 });
    await writeFile(path.join(made, 'owner'), mine);
    await rename(made, lock);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

function keep(lock: string, mine: string): () => Promise<void> {
  const file = path.join(lock, 'owner');
  const atExit = (): void => {
    try {
      if (readFileSync(file, 'utf8') !== mine) return;
      unlinkSync(file);
      rmdirSync(lock);
    } catch {
      // Gone with its folder, or to be found by the next one, who sees that its owner is dead.
    }
  };
  process.once('exit', atExit);
  let letGo: Promise<void> | undefined;
  return () =>
    (letGo ??= (async () => {
      process.off('exit', atExit);
      if ((await ownerOf(lock)) !== mine) return;
      try {
        await unlink(file);
        await rmdir(lock);
      } catch (error) {
        // From the first step on the next one may take it.
        if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
      }
    })());
}

/** What the lock says of its owner; undefined when there is none. */
async function ownerOf(lock: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(lock, 'owner'), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * One at a time, by a lock of its own: of two that find it dead, the slower must not take away what the quicker has just
 * made. Whoever meets that lock is told that somebody has this one, as in a moment somebody will.
 */
async function takeAway(lock: string, theirs: string, busy: (pid: number) => Error): Promise<void> {
  const letGo = await takeProcessLock(`${lock}${HEIR}`, busy);
  try {
    if ((await ownerOf(lock)) !== theirs) return;
    const aside = `${lock}.${randomUUID()}`;
    await rename(lock, aside);
    await rm(aside, { recursive: true, force: true });
  } finally {
    await letGo();
  }
}

/** Whether that very process runs: its number may have been given again. */
async function runs(pid: number, birth: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const now = await birthOf(pid);
  return now === undefined || birth === '' || now === birth;
}

/** When a process was started, in ticks since the machine was, by proc(5); undefined where that cannot be seen. */
async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold anything; the 22nd is what is wanted.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'ESRCH')) return undefined;
    throw error;
  }
}

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');
