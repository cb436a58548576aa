import { readFile, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { isRunning } from '@kinemacolor/config';
import { PipelineError } from './pipeline-error.js';

/**
 * Keeps a second run away from the folder in which one works: two that write the same film would take each other's
 * parts for their own. The lock names its process; one that a dead process left is taken over.
 * @returns what lets go of it
 * @throws PipelineError `BUSY` when another process works there
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'lock');
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = Number(await readFile(file, 'utf8'));
    if (isRunning(owner)) {
      throw new PipelineError(
        'BUSY',
        `Another run (process ${owner}) works in ${folder}. Wait for it, or stop it first.`,
      );
    }
    await writeFile(file, String(process.pid));
  }
  const atExit = (): void => {
    rmSync(file, { force: true });
  };
  process.once('exit', atExit);
  return async () => {
    process.off('exit', atExit);
    await rm(file, { force: true });
  };
}
