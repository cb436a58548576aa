import { access, constants, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
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
