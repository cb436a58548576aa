import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a file beside its name, and gives it the name once it is whole and on the disk. A failure leaves nothing.
 * @throws the errors of the file system and of `write`
 */
export async function writeBeside<Result>(
  target: string,
  write: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const beside = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID().slice(0, 8)}.part`);
  const file = await open(beside, 'wx');
  try {
    const result = await write(file);
    await file.sync();
    await file.close();
    await rename(beside, target);
    return result;
  } catch (error) {
    await file.close();
    await rm(beside, { force: true });
    throw error;
  }
}
