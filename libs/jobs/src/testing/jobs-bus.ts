import { randomBytes } from 'node:crypto';
import { Job, JobRecord, JobState, Progress } from '@kinemacolor/contracts';
import { openBus, startNatsServer, type Bus, type NatsServer } from '@kinemacolor/streaming';
import { openJobStore, type JobStore } from '../job-store.js';

/** A real server with the streams and the bucket of jobs. */
export interface JobsBus extends Bus {
  readonly server: NatsServer;
  readonly store: JobStore;
  /** A job that runs, and its id. */
  newJob(record?: Partial<JobRecord>): Promise<string>;
  close(): Promise<void>;
}

/** Small limits, so that a server on a small machine takes them. */
const SMALL = { fileBytes: 2 ** 28, memoryBytes: 2 ** 26 };

export async function openJobsBus(folder: string): Promise<JobsBus> {
  const server = await startNatsServer({ folder });
  const bus = await openBus({ servers: [server.url], name: 'test', streams: SMALL });
  const store = await openJobStore(bus.connection);
  return {
    ...bus,
    server,
    store,
    newJob: async (record = {}) => {
      const id = randomBytes(16).toString('hex');
      const job = Job.create({ id, state: JobState.RUNNING, progress: Progress.create() });
      await store.create(id, { ...JobRecord.create(record), job });
      return id;
    },
    close: async () => {
      await bus.connection.close();
      await server.stop();
    },
  };
}
