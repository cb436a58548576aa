import { answers } from '@kinemacolor/streaming';
import { startTaskWorker, type TaskWorkerOptions } from './task-worker.js';

/** A service that does nothing but tasks. */
export interface TaskService {
  /** Fails when no more tasks can be had. */
  readonly ended: Promise<void>;
  /** Whether NATS answers. */
  healthy(): Promise<boolean>;
  /** Hands back every job, takes no more, and closes the connection; called again, it waits for the same end. */
  drain(): Promise<void>;
}

export function startTaskService(options: TaskWorkerOptions): TaskService {
  const { connection } = options.bus;
  const worker = startTaskWorker(options);
  let draining: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    await worker.drain();
    await connection.drain();
  };
  return { ended: worker.ended, healthy: () => answers(connection), drain: () => (draining ??= drain()) };
}
