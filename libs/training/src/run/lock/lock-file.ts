import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFailure } from '../../config/write-failure.js';

/** Milliseconds between two looks at who removes a lock. */
const PAUSE = 50;

/** Makes a lock and keeps it open. Undefined when there is one already. @throws TrainingError `WRITE_FAILED` */
export async function createLock(file: string, text: string): Promise<FileHandle | undefined> {
  try {
    return await create(file, text);
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** Opens the file anew each time: that is when a volume that machines share looks at what others wrote. */
export async function readLock(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes a lock that nobody holds, if it is still this one: of two who find it dead, the slower must not remove what the
 * quicker has just made. So they do it one after the other.
 */
export async function removeLock(file: string, text: string, staleMs: number): Promise<void> {
  const turn = `${file}.removing`;
  for (let waited = 0; ; waited += PAUSE) {
    // Left by one that was killed in that very moment.
    if (waited > staleMs) await rm(turn, { force: true });
    const handle = await create(turn, '');
    await handle?.close();
    if (handle !== undefined) break;
    await sleep(PAUSE);
  }
  try {
    if ((await readLock(file)) === text) await rm(file, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

async function create(file: string, text: string): Promise<FileHandle | undefined> {
  const handle = await open(file, 'wx').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  });
  try {
    await handle?.write(text, 0);
    return handle;
  } catch (error) {
    await handle?.close();
    await rm(file, { force: true });
    throw error;
  }
}
