import { hasEnded, type JobStore, type StoredJob } from './job-store.js';

/**
 * Makes an encoder the job's one. Another one that finds itself replaced stops.
 * @returns the record; undefined when the job is gone or has ended
 */
export async function takeOver(store: JobStore, id: string, encoder: string): Promise<StoredJob | undefined> {
  return stillRuns(await store.update(id, (now) => (hasEnded(now.job) ? undefined : { ...now, encoder })));
}

/**
 * Has the decoder make frames again, from `from` on: an encoder goes on where another was killed, or frames have been lost.
 * @returns the record; undefined when the job is gone or has ended, or has another encoder
 */
export async function raiseEpoch(
  store: JobStore,
  id: string,
  { encoder, from }: { readonly encoder: string; readonly from: number },
): Promise<StoredJob | undefined> {
  const record = await store.update(id, (now) => {
    if (hasEnded(now.job) || now.encoder !== encoder) return undefined;
    return { ...now, epoch: now.epoch + 1, resumeFrom: from };
  });
  return record?.encoder === encoder ? stillRuns(record) : undefined;
}

const stillRuns = (record: StoredJob | undefined): StoredJob | undefined =>
  record === undefined || hasEnded(record.job) ? undefined : record;
