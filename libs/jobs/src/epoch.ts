import { hasEnded, type JobStore, type StoredJob } from './job-store.js';

/**
 * Has the decoder make frames again, from `from` on: an encoder begins, or frames have been lost on the way.
 * @param encoder who asks. An encoder that finds another one in the record has been replaced
 * @param takeOver whether it becomes the job's encoder with this
 * @returns the record; undefined when the job is gone, has ended, or has another encoder
 */
export async function raiseEpoch(
  store: JobStore,
  id: string,
  { encoder, from, takeOver }: { readonly encoder: string; readonly from: number; readonly takeOver: boolean },
): Promise<StoredJob | undefined> {
  const record = await store.update(id, (now) => {
    if (hasEnded(now.job) || (!takeOver && now.encoder !== encoder)) return undefined;
    return { ...now, encoder, epoch: now.epoch + 1, resumeFrom: from };
  });
  return record === undefined || hasEnded(record.job) || record.encoder !== encoder ? undefined : record;
}
