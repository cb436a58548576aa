import type { Job, JobOptions } from '@kinemacolor/client';
import type { Session } from './service-command.js';

/** How long a stop waits for the answer, milliseconds. */
const ANSWER_MS = 2000;

/**
 * Makes the job. A stop does not break this off at once: the service may have made a job whose id we would never learn, and
 * which would count for its limits until it expires.
 * @returns the job, also after a stop
 * @throws ClientError
 */
export async function createJob({ client, signal }: Session, options: JobOptions): Promise<Job> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    timer = setTimeout(() => {
      late.abort();
    }, ANSWER_MS);
  };
  signal.addEventListener('abort', onStop);
  try {
    return await client.jobs.create(options, { signal: signal.aborted ? signal : late.signal });
  } finally {
    signal.removeEventListener('abort', onStop);
    clearTimeout(timer);
  }
}
