import type { ModelRecord, ModelVersion } from '@kinemacolor/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import { deleteModel, objectOf, openModelFiles, putModel } from './model-files.js';
import { readModelFolder, type ModelFolder } from './model-folder.js';
import { checkName, openModelRecords, placeOf, versionOf } from './model-records.js';
import { ModelStoreError } from './model-store-error.js';

export interface PublishOptions {
  /** Under which jobs ask for it. */
  readonly name: string;
  /** Default: the card's version and the beginning of the files' SHA-256. */
  readonly version?: string;
  readonly replicas?: number;
}

/** Versions of a model that are kept; the oldest go first, never the one that is served. */
const MOST_VERSIONS = 50;

/**
 * Puts a model folder into the store, as a candidate: it is served once a colorizer has found that it works. The same bytes
 * are one version however often they are published; publishing an older or a refused one again makes it a candidate again,
 * which is also the way back from a version that works but is not wanted.
 * @returns the version as the store has it
 * @throws ModelStoreError `NOT_A_MODEL`, `TOO_LARGE`, `BAD_NAME`, `TAKEN`
 */
export async function publishModel(
  connection: NatsConnection,
  folder: string,
  { name, version: asked, replicas = 1 }: PublishOptions,
): Promise<ModelVersion> {
  checkName('model', name);
  const read = await readModelFolder(folder);
  const { object } = objectOf(name, read);
  const version = asked ?? `${wordOf(read.version)}-${object.slice(name.length + 1, name.length + 9)}`;
  checkName('version', version);
  const files = await openModelFiles(connection, replicas);
  const records = await openModelRecords(connection, replicas);
  await putModel(files, name, read);

  const added = versionFor(name, version, object, read);
  await records.create(name, { name, serving: '', versions: [] });
  let dropped: ModelVersion[] = [];
  const record = await records.update(name, (now) => {
    const next = withVersion(now, added);
    dropped = next === undefined ? [] : surplusOf(next);
    return next === undefined
      ? undefined
      : { ...next, versions: next.versions.filter((one) => !dropped.includes(one)) };
  });
  for (const old of dropped) await deleteModel(files, old.object);
  return record!.versions.find((one) => one.object === object)!;
}

/** @returns undefined when there is nothing to change. @throws ModelStoreError `TAKEN` */
function withVersion(record: ModelRecord, added: ModelVersion): ModelRecord | undefined {
  const same = record.versions.find(({ object }) => object === added.object);
  if (same === undefined) {
    const { version } = added.model!;
    if (versionOf(record, version) === undefined) return { ...record, versions: [...record.versions, added] };
    throw new ModelStoreError(
      'TAKEN',
      `Model ${record.name} has another version ${version} already. Choose a new name for the version.`,
    );
  }
  const isServed = same.model!.version === record.serving;
  const isNewest = record.versions.at(-1) === same;
  if (isServed || (isNewest && same.refused === '')) return undefined;
  // It keeps its name; jobs may have pinned it.
  const again = { ...same, refused: '', checked: false, model: { ...same.model!, stored: new Date() } };
  return { ...record, versions: [...record.versions.filter((one) => one !== same), again] };
}

function surplusOf(record: ModelRecord): ModelVersion[] {
  const surplus = record.versions.length - MOST_VERSIONS;
  const served = record.versions[placeOf(record, record.serving)];
  return surplus <= 0 ? [] : record.versions.filter((one) => one !== served).slice(0, surplus);
}

function versionFor(name: string, version: string, object: string, read: ModelFolder): ModelVersion {
  const { sha256, renderSize } = read;
  return { model: { name, version, sha256, renderSize, stored: new Date(), serving: false }, object, refused: '', checked: false }; // prettier-ignore
}

/** What a card may call its version may be no name of one: `v 1/2`. */
const wordOf = (version: string): string =>
  version.replaceAll(/[^\w.+-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 80) || 'model'; // prettier-ignore
