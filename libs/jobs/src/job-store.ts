import { JobRecord, JobState, type Job, type JobError } from '@kinemacolor/contracts';
import { openRecords, type Records } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';
import { durationMs } from './duration-ms.js';
import { tellEnd } from './tell-end.js';

/** A record whose job is there, as every stored one is. */
export type StoredJob = JobRecord & { job: Job };

/** The jobs, as every service sees and changes them. */
export type JobStore = Records<StoredJob>;

const codec = {
  encode: (record: StoredJob): Uint8Array => JobRecord.encode(record).finish(),
  decode: (bytes: Uint8Array): StoredJob => {
    const record = JobRecord.decode(bytes);
    if (record.job === undefined) throw new Error('A stored job has no job in it.');
    return { ...record, job: record.job };
  },
};

/** Opens the bucket of jobs, which is made if it is not there. */
export function openJobStore(connection: NatsConnection, replicas = 1): Promise<JobStore> {
  return openRecords(connection, { bucket: 'kinemacolor-jobs', codec, replicas });
}

const ENDED: ReadonlySet<JobState> = new Set([
  JobState.SUCCEEDED,
  JobState.FAILED,
  JobState.CANCELLED,
  JobState.EXPIRED,
]);

/** Whether nothing will ever happen to it again. */
export const hasEnded = ({ state }: Pick<Job, 'state'>): boolean => ENDED.has(state);

/** Whether it ended with a result that is all there: of the whole film, or of all that could be read of one that was cut off. */
export const hasResult = ({ job: { state, error }, cutShort }: StoredJob): boolean =>
  state === JobState.SUCCEEDED ||
  (state === JobState.FAILED && cutShort !== undefined && error?.message === cutShort.message);

/** How a job ends whose result is all there. */
export const wholeResult = ({ cutShort }: StoredJob): Ending =>
  cutShort === undefined ? { state: JobState.SUCCEEDED } : { state: JobState.FAILED, error: cutShort };

/** How a job ends. */
export type Ending =
  | { readonly state: JobState.SUCCEEDED | JobState.CANCELLED }
  | { readonly state: JobState.FAILED | JobState.EXPIRED; readonly error: JobError };

/**
 * Ends a job, unless it has ended: the first ending stands.
 * @returns what it is afterwards; undefined when there is no such job
 */
export async function endJob(
  store: JobStore,
  id: string,
  ending: Ending,
  now = new Date(),
): Promise<StoredJob | undefined> {
  // The change may be tried several times: the last one counts.
  const outcome = { isOurs: false };
  const record = await store.update(id, (record) => {
    outcome.isOurs = !hasEnded(record.job);
    if (!outcome.isOurs) return undefined;
    const expires = new Date(now.getTime() + keptMs(record));
    const error = 'error' in ending ? ending.error : undefined;
    return { ...record, job: { ...record.job, state: ending.state, error, finished: now, expires } };
  });
  if (outcome.isOurs && record !== undefined) tellEnd(record);
  return record;
}

const DAY_MS = 24 * 60 * 60_000;

/** How long a job and its result are kept once it has ended, milliseconds. */
const keptMs = ({ keep }: JobRecord): number => (keep === undefined ? DAY_MS : Math.round(durationMs(keep)));
