import type { ModelRecord } from '@kinemacolor/contracts';
import type { Records } from '@kinemacolor/streaming';
import { isCandidate, placeOf } from './model-records.js';

/**
 * Says that a colorizer has loaded a version and painted with it: new shots are painted with it from now on, unless a later
 * one is served already. The first judgement of a version stands.
 * @returns the record afterwards; undefined when there is no such model
 */
export function acceptVersion(
  records: Records<ModelRecord>,
  name: string,
  version: string,
): Promise<ModelRecord | undefined> {
  return records.update(name, (now) => {
    const place = placeOf(now, version);
    if (place < 0 || !isCandidate(now.versions[place]!)) return undefined;
    const serving = place > placeOf(now, now.serving) ? version : now.serving;
    return { ...now, serving, versions: now.versions.with(place, { ...now.versions[place]!, checked: true }) };
  });
}

/**
 * Says why a version is not to be served; what is served stays. The first judgement of a version stands.
 * @param reason for a person, not empty
 * @returns the record afterwards; undefined when there is no such model
 */
export function refuseVersion(
  records: Records<ModelRecord>,
  name: string,
  version: string,
  reason: string,
): Promise<ModelRecord | undefined> {
  return records.update(name, (now) => {
    const place = placeOf(now, version);
    if (place < 0 || !isCandidate(now.versions[place]!)) return undefined;
    const refused = reason.slice(0, LONGEST_REASON);
    return { ...now, versions: now.versions.with(place, { ...now.versions[place]!, refused }) };
  });
}

const LONGEST_REASON = 1000;
