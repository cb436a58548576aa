import { Objm, StorageType, type ObjectStore } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import { despiteAbsence } from '@kinemacolor/streaming';
import { sha256, type ModelFile, type ModelFolder } from './model-folder.js';
import { ModelStoreError } from './model-store-error.js';

/*
 * The files of each version. What a version's record names is the list of its files, whose name holds its own SHA-256; the
 * list has the SHA-256 of each file. So from the record on everything can be checked.
 */

const BUCKET = 'kinemacolor-model-files';
const LIST = 'files.json';
/** Of a list: three files. */
const LARGEST_LIST = 64 * 1024;

export async function openModelFiles(connection: NatsConnection, replicas = 1): Promise<ObjectStore> {
  return despiteAbsence(() => new Objm(connection).create(BUCKET, { replicas, storage: StorageType.File }));
}

/** Name in the object store of the list of a model's files. The same bytes give the same name. */
export function objectOf(name: string, { files }: ModelFolder): { object: string; list: Uint8Array } {
  const list = new TextEncoder().encode(
    JSON.stringify({ files: files.map(({ name: file, size, sha256: sum }) => ({ name: file, size, sha256: sum })) }),
  );
  return { object: `${name}/${sha256(list)}`, list };
}

/** Puts the files, and their list last: a list that is there has its files. */
export async function putModel(store: ObjectStore, name: string, folder: ModelFolder): Promise<string> {
  const { object, list } = objectOf(name, folder);
  for (const file of folder.files) await put(store, `${object}/${file.name}`, file.bytes);
  await put(store, `${object}/${LIST}`, list);
  return object;
}

/** @throws ModelStoreError `MISSING`, `CORRUPT` */
export async function listFiles(store: ObjectStore, object: string): Promise<ModelFile[]> {
  const bytes = await get(store, `${object}/${LIST}`, LARGEST_LIST);
  if (sha256(bytes) !== object.slice(object.lastIndexOf('/') + 1)) throw corrupt(`${object}/${LIST}`);
  const { files } = JSON.parse(new TextDecoder().decode(bytes)) as { files: readonly ModelFile[] };
  return files.map(({ name, size, sha256: sum }) => ({ name, size, sha256: sum }));
}

/** @throws ModelStoreError `MISSING`, `CORRUPT` */
export async function getFile(store: ObjectStore, object: string, file: ModelFile): Promise<Uint8Array> {
  const bytes = await get(store, `${object}/${file.name}`, file.size);
  if (sha256(bytes) !== file.sha256) throw corrupt(`${object}/${file.name}`);
  return bytes;
}

/** Deletes what a version has there. What is not there any more is no error. */
export async function deleteModel(store: ObjectStore, object: string): Promise<void> {
  const names = (await despiteAbsence(() => store.list())).map(({ name }) => name);
  // The list first: without it nobody takes the files for whole.
  const own = [`${object}/${LIST}`, ...names.filter((name) => name.startsWith(`${object}/`) && !name.endsWith(LIST))];
  for (const name of own) await despiteAbsence(() => store.delete(name));
}

async function put(store: ObjectStore, name: string, bytes: Uint8Array): Promise<void> {
  await despiteAbsence(async () => {
    const there = await store.info(name);
    if (there?.deleted === false && there.size === bytes.byteLength) return;
    await store.putBlob({ name }, bytes);
  });
}

async function get(store: ObjectStore, name: string, most: number): Promise<Uint8Array> {
  const info = await despiteAbsence(() => store.info(name));
  if (info === null || info.deleted) {
    throw new ModelStoreError('MISSING', `The model store has no ${name}. Publish the model again.`);
  }
  if (info.size > most) throw corrupt(name);
  const bytes = await despiteAbsence(() => store.getBlob(name));
  if (bytes === null) throw new ModelStoreError('MISSING', `The model store has no ${name}. Publish the model again.`);
  return bytes;
}

const corrupt = (name: string): ModelStoreError =>
  new ModelStoreError(
    'CORRUPT',
    `${name} in the model store is not what was put there. Delete it, and publish the model again.`,
  );
