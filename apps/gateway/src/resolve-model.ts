import type { ModelRecord, ModelVersion } from '@kinemacolor/contracts';
import { versionOf } from '@kinemacolor/jobs';
import type { Records } from '@kinemacolor/streaming';
import { ServerError, Status } from 'nice-grpc';
import { refuse } from './check-settings.js';

export interface ResolvedModel {
  readonly name: string;
  /** Short side at which it sees a film unless told otherwise, pixels. */
  readonly renderSize: number;
}

/**
 * The model that a job is to be painted with.
 * @param asked empty: the default
 * @throws ServerError `INVALID_ARGUMENT` for one that is not in the store; `UNAVAILABLE` while the store is still empty
 */
export async function resolveModel(
  models: Records<ModelRecord>,
  asked: string,
  byDefault: string,
): Promise<ResolvedModel> {
  const name = asked === '' ? byDefault : asked;
  const record = /^[A-Za-z0-9][\w-]{0,63}$/.test(name) ? await models.get(name) : undefined;
  const version = record === undefined ? undefined : usable(record);
  if (version?.model !== undefined) return { name, renderSize: version.model.renderSize };
  const names: string[] = [];
  for await (const [known, its] of models.entries()) if (usable(its) !== undefined) names.push(known);
  if (names.length === 0) {
    throw new ServerError(
      Status.UNAVAILABLE,
      'No model is there yet: a colorizer brings one when it starts. Try again then.',
    );
  }
  const missing = version === undefined && record !== undefined ? 'cannot be used' : 'is not there';
  return refuse('settings.model', `The model ${JSON.stringify(name.slice(0, 64))} ${missing}; there are ${[...new Set(names)].toSorted().join(', ')}.`); // prettier-ignore
}

/** The version that is served, or that will be once a colorizer has looked at it. */
const usable = (record: ModelRecord): ModelVersion | undefined =>
  versionOf(record, record.serving) ?? record.versions.findLast(({ refused }) => refused === '');
