import { access, constants, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import { EXIT, isDiskFull } from './exit-code.js';
import { UsageError } from './usage-error.js';

/**
 * Whether a file could be written, asked before the work whose result it takes; makes none.
 * @throws UsageError with the exit code of an output that cannot be written
 */
export async function checkOutput(flag: string, file: string): Promise<void> {
  try {
    const there = await stat(file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (there?.isDirectory() === true) throw new Error('it is a folder');
    await access(there === undefined ? path.dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw unwritable(flag, file, error);
  }
}

/**
 * Makes a folder that only this user may look into, unless it is there, and looks whether it can be written into.
 * @throws UsageError with the exit code of an output that cannot be written, or of a full disk
 */
export async function makeFolder(flag: string, folder: string): Promise<void> {
  try {
    await makeFolders(folder, 0o700);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const file = code === 'EEXIST' || code === 'ENOTDIR';
    throw unwritable(flag, folder, file ? new Error('it, or a part of its path, is a file') : error);
  }
}

/** @throws UsageError with the exit code of an output that cannot be written, or of a full disk */
export async function writeOutput(flag: string, file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw unwritable(flag, file, error);
  });
}

function unwritable(flag: string, file: string, error: unknown): UsageError {
  const code = isDiskFull(error) ? EXIT.DISK_FULL : EXIT.OUTPUT_UNWRITABLE;
  return new UsageError(`${flag} ${file} cannot be written: ${(error as Error).message}`, code);
}
