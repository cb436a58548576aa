import { randomUUID } from 'node:crypto';
import { access, constants, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import { MediaError } from '@kinemacolor/media';
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
 * Makes the folders of a film that is to come, and tries to write beside its name: rights do not tell of places such as /proc.
 * @throws MediaError as for a film that cannot be written
 */
export async function tryOutput(film: string): Promise<void> {
  const folder = path.dirname(path.resolve(film));
  const trial = path.join(folder, `.${path.basename(film)}.${randomUUID()}.part`);
  try {
    await makeFolders(folder);
    await writeFile(trial, '', { flag: 'wx' });
    await rm(trial);
    // As a rename to it would say.
    if (await isFolder(film)) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
  } catch (error) {
    throw MediaError.fromOutput(error, film);
  }
}

async function isFolder(file: string): Promise<boolean> {
  // What is not there is none, and all else has been met by the trial.
  const found = await stat(file).catch(() => undefined);
  return found?.isDirectory() === true;
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
