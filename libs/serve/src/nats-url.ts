import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/*
 * Where the NATS of a data folder is, and how one gets in: for other commands of the same user, as a password on the screen or
 * in the list of processes would be everybody's.
 */
const at = (folder: string): string => path.join(folder, 'nats-url');

/** Who reads it at the same time sees the old one or the new one. */
export async function writeNatsUrl(folder: string, url: string): Promise<void> {
  const partial = path.join(folder, `.nats-url.${randomUUID()}`);
  try {
    await writeFile(partial, `${url}\n`, { mode: 0o600 });
    await rename(partial, at(folder));
  } finally {
    await rm(partial, { force: true });
  }
}

/** @returns undefined when no NATS of that folder was started, or it was stopped */
export async function readNatsUrl(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(at(folder), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function removeNatsUrl(folder: string): Promise<void> {
  await rm(at(folder), { force: true });
}
