import { createHash } from 'node:crypto';
import type { JobStore } from '@kinemacolor/jobs';
import { openRecords } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';
import { newJobId } from './new-job.js';

/** Which job a client's idempotency key stands for, the same at every gateway. */
export interface JobKeys {
  /** The id of the key's job, which may not be made yet: then whoever asked first, or second, makes it. */
  idOf(owner: string, key: string): Promise<string>;
}

interface Named {
  readonly job: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** How long a key is known: longer than anybody tries the same call again. */
const KNOWN_MS = 48 * 60 * 60_000;
/** A job that is not there so long after its key was is one that has been deleted: the key stands for a new one. */
const MAKING_MS = 60_000;

const codec = {
  encode: (named: Named): Uint8Array => new TextEncoder().encode(JSON.stringify(named)),
  decode: (bytes: Uint8Array): Named => JSON.parse(new TextDecoder().decode(bytes)) as Named,
};

export async function openJobKeys(connection: NatsConnection, jobs: JobStore, replicas: number): Promise<JobKeys> {
  const records = await openRecords(connection, { bucket: 'kinemacolor-job-keys', codec, replicas, ttlMs: KNOWN_MS });
  return {
    idOf: async (owner, key) => {
      // Hashed: it may hold anything, and what a client calls its jobs is nobody's business.
      const id = createHash('sha256').update(`${owner}\0${key}`).digest('hex');
      const fresh = (): Named => ({ job: newJobId(), since: Date.now() });
      for (;;) {
        const mine = fresh();
        if (await records.create(id, mine)) return mine.job;
        const named = await records.get(id);
        // It was forgotten between the two.
        if (named === undefined) continue;
        if (Date.now() - named.since < MAKING_MS || (await jobs.get(named.job)) !== undefined) return named.job;
        const next = await records.update(id, (now) => (now.job === named.job ? fresh() : undefined));
        if (next !== undefined) return next.job;
      }
    },
  };
}
