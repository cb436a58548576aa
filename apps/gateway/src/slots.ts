import { hasEnded, type JobStore } from '@kinemacolor/jobs';
import { openRecords, type Records } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';

/** A job that counts among those that a token has under way. */
interface Slot {
  readonly job: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The jobs that each token has under way, so that all gateways together keep its limit. */
export interface Slots {
  /**
   * Counts a job, which is yet to be made. It stops counting when it has ended.
   * @returns false when the token has as many as it may
   */
  take(owner: string, job: string, most: number): Promise<boolean>;
}

/** A job that is not there so long after its slot was taken was never made. */
const MAKING_MS = 60_000;
/** Others may take what became free at the same time. */
const MOST_TRIES = 10;

const codec = {
  encode: (slots: readonly Slot[]): Uint8Array => new TextEncoder().encode(JSON.stringify(slots)),
  decode: (bytes: Uint8Array): readonly Slot[] => JSON.parse(new TextDecoder().decode(bytes)) as readonly Slot[],
};

export async function openSlots(connection: NatsConnection, jobs: JobStore, replicas: number): Promise<Slots> {
  const records = await openRecords(connection, { bucket: 'kinemacolor-slots', codec, replicas });
  return {
    take: async (owner, job, most) => {
      const key = `of-${owner}`;
      await records.create(key, []);
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        if (await takeFree(records, key, job, most)) return true;
        if (!(await dropEnded(records, key, jobs))) return false;
      }
      return false;
    },
  };
}

async function takeFree(records: Records<readonly Slot[]>, key: string, job: string, most: number): Promise<boolean> {
  let taken = false;
  await records.update(key, (slots) => {
    taken = slots.some((slot) => slot.job === job);
    if (taken || slots.length >= most) return undefined;
    taken = true;
    return [...slots, { job, since: Date.now() }];
  });
  return taken;
}

/** Only looked at when all are taken, so that nobody has to tell of a job's end. @returns whether one has become free */
async function dropEnded(records: Records<readonly Slot[]>, key: string, jobs: JobStore): Promise<boolean> {
  const ended = new Set<string>();
  for (const { job, since } of (await records.get(key)) ?? []) {
    const record = await jobs.get(job);
    if (record === undefined ? Date.now() - since > MAKING_MS : hasEnded(record.job)) ended.add(job);
  }
  if (ended.size === 0) return false;
  await records.update(key, (slots) => slots.filter(({ job }) => !ended.has(job)));
  return true;
}
