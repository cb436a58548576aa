import { countAttempts } from './attempts.js';
import { ClientError } from './client-error.js';
import type { CallOptions } from './client-options.js';
import type { Preview } from './colorization.js';
import type { Connection } from './connection.js';
import { endingOf, hasEnded, toJob, type Job } from './job.js';
import { openScope } from './scope.js';

export interface WatchOptions extends CallOptions {
  /** Wanted at all only with this. */
  readonly onPreview?: ((preview: Preview) => void) | undefined;
}

/**
 * The job now, and again whenever it has changed, until it has ended: the last one is the ended one, whichever way. Goes on
 * by itself when the service was away for a while.
 * @throws ClientError
 */
export async function* watchJob(
  connection: Connection,
  jobId: string,
  options: WatchOptions = {},
): AsyncGenerator<Job, void, undefined> {
  const { onPreview } = options;
  const scope = openScope(connection, options, jobId);
  const attempts = countAttempts('WatchJob', connection.retries, { signal: scope.signal, onRetry: connection.onRetry });
  const request = { jobId, previews: onPreview !== undefined };
  try {
    for (;;) {
      try {
        for await (const { part } of connection.stub.watchJob(request, scope.options())) {
          attempts.succeeded();
          if (part?.$case === 'preview') onPreview?.({ frame: part.value.frame, picture: part.value.picture });
          if (part?.$case !== 'job') continue;
          const job = toJob(part.value);
          yield job;
          if (hasEnded(job)) return;
        }
      } catch (error) {
        await attempts.failed(scope.error(error));
        continue;
      }
      // What a service does that is being stopped.
      await attempts.failed(
        new ClientError('UNAVAILABLE', 'The service ended the watch before the job had ended.', { jobId }),
      );
    }
  } catch (error) {
    throw scope.error(error);
  } finally {
    scope.done();
  }
}

export interface WaitOptions extends WatchOptions {
  readonly onJob?: ((job: Job) => void) | undefined;
}

/** @returns the job once it has succeeded @throws ClientError, also with what a job ended with that did not */
export async function waitForJob(connection: Connection, jobId: string, options: WaitOptions = {}): Promise<Job> {
  let last: Job | undefined;
  for await (const job of watchJob(connection, jobId, options)) {
    last = job;
    options.onJob?.(job);
  }
  if (last?.state === 'succeeded') return last;
  throw last === undefined ? new ClientError('INTERNAL', 'The service told nothing.', { jobId }) : endingOf(last);
}
