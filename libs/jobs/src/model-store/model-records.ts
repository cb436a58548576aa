import { ModelRecord, type Model, type ModelVersion } from '@kinemacolor/contracts';
import { openRecords, type Records } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';
import { ModelStoreError } from './model-store-error.js';

const codec = {
  encode: (record: ModelRecord): Uint8Array => ModelRecord.encode(record).finish(),
  decode: (bytes: Uint8Array): ModelRecord => ModelRecord.decode(bytes),
};

/** The models and their versions, by the model's name, as every service sees and changes them. */
export function openModelRecords(connection: NatsConnection, replicas = 1): Promise<Records<ModelRecord>> {
  return openRecords(connection, { bucket: 'kinemacolor-models', codec, replicas });
}

/** A version of a record by its name. */
export const versionOf = (record: ModelRecord, version: string): ModelVersion | undefined =>
  record.versions.find(({ model }) => model?.version === version);

/**
 * The version that should be looked at next: the newest of those that were published after the one that is served, and
 * that nobody has judged.
 */
export function candidateOf(record: ModelRecord): ModelVersion | undefined {
  return record.versions.slice(placeOf(record, record.serving) + 1).findLast(isCandidate);
}

/** Whether nobody has judged it. */
export const isCandidate = ({ checked, refused }: ModelVersion): boolean => !checked && refused === '';

/** Versions are kept in the order in which they were published; -1: there is none of this name. */
export const placeOf = (record: ModelRecord, version: string): number =>
  record.versions.findIndex(({ model }) => model?.version === version);

/** Every model, one a version, as it stands; `refused` says why one is not to be served, and `checked` that it may be. */
export async function listModels(
  records: Records<ModelRecord>,
): Promise<{ model: Model; refused: string; checked: boolean }[]> {
  const listed: { model: Model; refused: string; checked: boolean }[] = [];
  for await (const name of records.ids()) {
    const record = await records.get(name);
    for (const { model, refused, checked } of record?.versions ?? []) {
      if (model === undefined) continue;
      listed.push({ model: { ...model, serving: model.version === record!.serving }, refused, checked });
    }
  }
  const newestFirst = (a: Model, b: Model): number => (b.stored?.getTime() ?? 0) - (a.stored?.getTime() ?? 0);
  return listed.toSorted((a, b) => (a.model.name < b.model.name ? -1 : a.model.name > b.model.name ? 1 : newestFirst(a.model, b.model))); // prettier-ignore
}

/** @throws ModelStoreError `BAD_NAME` for what cannot be a key of the bucket, or a name that people type */
export function checkName(what: 'model' | 'version', name: string): void {
  const shape = what === 'model' ? /^[A-Za-z0-9][\w-]{0,63}$/ : /^[A-Za-z0-9][\w.+-]{0,99}$/;
  if (!shape.test(name)) {
    throw new ModelStoreError(
      'BAD_NAME',
      `${JSON.stringify(name)} is no name of a ${what}: use letters, digits, - and _.`,
    );
  }
}
