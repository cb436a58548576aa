import { fdatasyncSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { lockText, type LockOwner } from './lock-text.js';

/*
 * The thread that keeps a lock alive: a training step, or the compilation of one, holds the main thread for longer than
 * others would wait for a beat.
 */

export interface HeartbeatData {
  /** Of the lock, open for writing: what is renamed or replaced is not written to. */
  readonly fd: number;
  readonly owner: LockOwner;
  readonly everyMs: number;
}

const { fd, owner, everyMs } = workerData as HeartbeatData;
let beat = 0;
let failing = false;
setInterval(() => {
  try {
    writeSync(fd, lockText(owner, (beat += 1)), 0);
    // Other machines see what has left this one.
    fdatasyncSync(fd);
    failing = false;
  } catch (error) {
    if (!failing) parentPort!.postMessage(error instanceof Error ? error.message : String(error));
    failing = true;
  }
}, everyMs);
