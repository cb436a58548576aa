import path from 'node:path';
import { takeProcessLock } from '@kinemacolor/config';
import { PipelineError } from './pipeline-error.js';

const LOCK = 'lock';

/** Whether what lies in a folder is its lock, or is there while that is taken over. */
export const isLock = (name: string): boolean => /^lock(\.heir)*$/.test(name);

/**
 * Keeps a second run away from the folder in which one works: two that write the same film would take each other's
 * parts for their own. A lock that a dead process left is taken over; the folder is made where it is missing.
 * @returns what lets go of it
 * @throws PipelineError `BUSY` when another process works there
 */
export function lockFolder(folder: string): Promise<() => Promise<void>> {
  const busy = (pid: number): PipelineError =>
    new PipelineError('BUSY', `Another run (process ${pid}) works in ${folder}. Wait for it, or stop it first.`);
  return takeProcessLock(path.join(folder, LOCK), busy);
}
