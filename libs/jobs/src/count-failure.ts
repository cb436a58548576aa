import { isAway } from '@kinemacolor/streaming';
import { hasEnded, type JobStore } from './job-store.js';
import type { TaskKind } from './tasks.js';

const FIELDS = { decode: 'decodeFailures', encode: 'encodeFailures' } as const;

/**
 * Counts a failure of a task in its job's record, so that it counts wherever the task goes next. A server that is away is
 * nobody's failure.
 * @returns how many there were by now; undefined when it is not counted, or the record cannot be read
 */
export async function countFailure(
  store: JobStore,
  id: string,
  { kind, error }: { readonly kind: TaskKind; readonly error: unknown },
): Promise<number | undefined> {
  if (isAway(error)) return undefined;
  try {
    const record = await store.update(id, (now) => {
      if (hasEnded(now.job)) return undefined;
      return { ...now, [FIELDS[kind]]: now[FIELDS[kind]] + 1 };
    });
    return record?.[FIELDS[kind]];
  } catch {
    // What is wrong with the record is met by whoever gets the task next.
    return undefined;
  }
}
