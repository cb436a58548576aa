import { rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { TrainingError } from '../../config/training-error.js';
import { createLock, readLock, removeLock } from './lock-file.js';
import { fateOf, parseOwner, thisOwner, told } from './lock-owner.js';
import { lockText, type LockOwner } from './lock-text.js';
import { startHeart } from './start-heart.js';

export const LOCK_FILE = 'run.lock';

export interface LockOptions {
  /** A line for a person. */
  readonly tell: (line: string) => void;
  /** Between beats. */
  readonly beatMs?: number;
  /** Without a beat for so long, a lock of another machine is nobody's any more. */
  readonly staleMs?: number;
}

/** Looks at a lock of another machine while it is waited for. */
const LOOKS = 30;

/**
 * Keeps a second process out of the folder of a run: two would overwrite each other's checkpoints.
 *
 * Why no package: a lock of the system (flock, fcntl; `fs-ext`) is let go of at death, but needs an addon that is compiled
 * where it is installed, and on volumes that machines share it holds on one of them only, or stays until the server gives
 * a dead one up. `proper-lockfile` (last released in 2021) does not tell who holds it, waits for its time-out after a
 * `kill -9` too, and beats in the main thread, which one training step may hold for longer than that.
 *
 * Here a lock of this machine is asked of the kernel: it is over when its process is. Of another machine, or container,
 * only beats can be seen. They are compared with each other, so that clocks that differ do not matter.
 */
export class RunLock {
  private constructor(
    private readonly folder: string,
    private readonly owner: LockOwner,
    private readonly handle: FileHandle,
    private readonly heart: Worker,
  ) {}

  /**
   * Locks a folder; waits for `staleMs` where another machine's lock may be a dead one's.
   * @throws TrainingError `BAD_RUN` when somebody trains there, or it cannot be written
   */
  static async take(folder: string, { tell, beatMs = 5_000, staleMs = 30_000 }: LockOptions): Promise<RunLock> {
    const owner = await thisOwner();
    const file = path.join(folder, LOCK_FILE);
    let handle = await createLock(file, lockText(owner, 0));
    while (handle === undefined) {
      const text = await readLock(file);
      if (text !== undefined && (await isOver(folder, text, tell, staleMs))) await removeLock(file, text, staleMs);
      handle = await createLock(file, lockText(owner, 0));
    }
    try {
      const heart = await startHeart({ fd: handle.fd, owner, everyMs: beatMs }, (reason) => {
        tell(`the lock of ${folder} is not kept up (${reason}): another machine may take the run over`);
      });
      return new RunLock(folder, owner, handle, heart);
    } catch (error) {
      await handle.close();
      await rm(file, { force: true });
      throw error;
    }
  }

  /**
   * To be asked before something is written that another process could write too: a machine that stood still, or was cut
   * off, may have been taken for dead.
   * @throws TrainingError `BAD_RUN` when the lock is not held any more
   */
  async check(): Promise<void> {
    const owner = await this.holder();
    if (owner?.token === this.owner.token) return;
    const how = owner === undefined ? `its ${LOCK_FILE} has gone` : `${told(owner)} has taken it over`;
    throw new TrainingError('BAD_RUN', `${this.folder} is not this run's any more: ${how}. Nothing more is written.`);
  }

  async release(): Promise<void> {
    await this.heart.terminate();
    await this.handle.close();
    const owner = await this.holder();
    if (owner?.token === this.owner.token) await rm(path.join(this.folder, LOCK_FILE), { force: true });
  }

  private async holder(): Promise<LockOwner | undefined> {
    return parseOwner((await readLock(path.join(this.folder, LOCK_FILE))) ?? '');
  }
}

/** Whether nobody holds the lock any more. @throws TrainingError `BAD_RUN` when somebody does */
async function isOver(folder: string, text: string, tell: (line: string) => void, staleMs: number): Promise<boolean> {
  const owner = parseOwner(text);
  const fate = owner === undefined ? 'unknown' : await fateOf(owner);
  if (fate === 'alive') throw inUse(folder, owner);
  if (fate === 'dead') return true;
  const who = owner === undefined ? 'a process without a name' : told(owner);
  tell(`${folder} is locked by ${who}: waiting ${Math.ceil(staleMs / 1000)} s to see whether that still works`);
  for (let look = 0; look < LOOKS; look++) {
    await sleep(staleMs / LOOKS);
    const later = await readLock(path.join(folder, LOCK_FILE));
    if (later === undefined) return false;
    if (later !== text) throw inUse(folder, parseOwner(later) ?? owner);
  }
  return true;
}

function inUse(folder: string, owner: LockOwner | undefined): TrainingError {
  const who = owner === undefined ? 'a process without a name' : told(owner);
  return new TrainingError('BAD_RUN', `${folder} is in use: ${who} trains there. Wait for it, stop it, or give another folder (-o DIR).`); // prettier-ignore
}
