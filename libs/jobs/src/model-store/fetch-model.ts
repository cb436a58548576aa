import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelVersion } from '@kinemacolor/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import { getFile, listFiles, openModelFiles } from './model-files.js';
import { sha256, type ModelFile } from './model-folder.js';
import { ModelStoreError } from './model-store-error.js';

/**
 * Brings a version's files to this machine, or finds them there from an earlier time. Every file is checked against its
 * SHA-256, also one that lay there. Several processes may fetch the same one.
 * @param cacheFolder where fetched models lie; made if it is not there, may be deleted at any time
 * @returns the model's folder
 * @throws ModelStoreError `MISSING`, `CORRUPT`
 */
export async function fetchModel(
  connection: NatsConnection,
  { object, model }: ModelVersion,
  cacheFolder: string,
): Promise<string> {
  const store = await openModelFiles(connection);
  const files = await listFiles(store, object);
  for (const { name } of files) checkFileName(object, name);
  const weights = files.find(({ name }) => name === 'weights.bin')?.sha256;
  if (model !== undefined && weights !== model.sha256) {
    throw new ModelStoreError('CORRUPT', `${object} in the model store is not what its record says. Publish it again.`);
  }
  // By what it holds: two servers' stores may call different models alike.
  const folder = path.join(cacheFolder, sha256(new TextEncoder().encode(object)).slice(0, 32));
  if (await isWhole(folder, files)) return folder;
  const beside = `${folder}.${randomUUID()}`;
  try {
    await mkdir(beside, { recursive: true });
    for (const file of files) await writeFile(path.join(beside, file.name), await getFile(store, object, file));
    await moveInto(beside, folder, files);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return folder;
}

/** The store may have been written by anyone: a name must not lead out of the folder. */
function checkFileName(object: string, name: string): void {
  if (!/^[\w-][\w.-]*$/.test(name)) {
    throw new ModelStoreError('CORRUPT', `${object} in the model store has a file named ${JSON.stringify(name)}.`);
  }
}

async function isWhole(folder: string, files: readonly ModelFile[]): Promise<boolean> {
  for (const { name, sha256: sum } of files) {
    try {
      if (sha256(await readFile(path.join(folder, name))) !== sum) return false;
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false; // prettier-ignore
      throw error;
    }
  }
  return files.length > 0;
}

/** Puts a whole folder in place, where there may be a damaged one, or where another process was quicker. */
async function moveInto(from: string, to: string, files: readonly ModelFile[]): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (await isWhole(to, files)) return;
      if (tries === 3) throw error;
      await rm(to, { recursive: true, force: true });
    }
  }
}
