import { openRecords } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';

/** How often each suspect frame was begun alone without being painted. Shared by all colorizers, and outlives each of them. */
export interface Suspects {
  count(job: string, index: number): Promise<number>;
  /** Before it is tried: who dies of it cannot count any more. @returns tries with this one */
  begin(job: string, index: number): Promise<number>;
  /** It was painted: nothing is held against it. */
  clear(job: string, index: number): Promise<void>;
}

/** Jobs come and go; what nobody asked for that long is of a job that is gone. */
const KEPT_MS = 60 * 60_000;

const codec = {
  encode: (count: number): Uint8Array => new TextEncoder().encode(String(count)),
  decode: (bytes: Uint8Array): number => Number(new TextDecoder().decode(bytes)),
};

export async function openSuspects(connection: NatsConnection, replicas: number): Promise<Suspects> {
  const records = await openRecords(connection, { bucket: 'kinemacolor-suspects', codec, replicas, ttlMs: KEPT_MS });
  const key = (job: string, index: number): string => `${job}.${index}`;
  return {
    count: async (job, index) => (await records.get(key(job, index))) ?? 0,
    begin: async (job, index) => {
      if (await records.create(key(job, index), 1)) return 1;
      // Gone meanwhile: somebody else has painted it.
      return (await records.update(key(job, index), (count) => count + 1)) ?? 1;
    },
    clear: (job, index) => records.erase(key(job, index)),
  };
}
