import { countAttempts } from './attempts.js';
import { ClientError } from './client-error.js';
import type { CallOptions } from './client-options.js';
import type { Connection } from './connection.js';
import { endingOf, hasEnded, toJob } from './job.js';
import { openScope } from './scope.js';

/** A download that stayed open so long was one, though nothing came: the job may have had nothing to give yet. Milliseconds. */
const LASTING_MS = 1000;

export interface ResultOptions extends CallOptions {
  /** First byte that is wanted. Default 0. */
  readonly offset?: number | undefined;
}

/**
 * The result's bytes from an offset on, as fast as they are taken; of a job that still runs, as it grows. Goes on by itself
 * after a break, and ends only when the job has succeeded and every byte has come.
 * @throws ClientError, also with what the job ended with; `DATA_LOSS` for a result of another length than the job's
 */
export async function* resultBytes(
  connection: Connection,
  jobId: string,
  options: ResultOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const scope = openScope(connection, options, jobId);
  const { stub, retries, onRetry } = connection;
  const attempts = countAttempts('DownloadResult', retries, { signal: scope.signal, onRetry });
  let offset = options.offset ?? 0;
  try {
    for (;;) {
      const began = performance.now();
      try {
        for await (const { result } of stub.downloadResult({ jobId, offset }, scope.options())) {
          if (result.length === 0) continue;
          attempts.succeeded();
          offset += result.length;
          yield result;
        }
        const job = toJob((await stub.getJob({ jobId }, scope.options())).job);
        if (job.state === 'succeeded' && job.resultBytes === offset) return;
        if (hasEnded(job) && job.state !== 'succeeded') throw endingOf(job);
        if (hasEnded(job) && job.resultBytes < offset) {
          const words = `The result has ${job.resultBytes} bytes, and ${offset} came.`;
          throw new ClientError('DATA_LOSS', words, { jobId });
        }
        // A service that is being stopped ends the stream where it is.
        throw new ClientError('UNAVAILABLE', `The download ended at byte ${offset}, before the result did.`, { jobId });
      } catch (error) {
        const lasted = performance.now() - began;
        await attempts.failed(scope.error(error));
        // Whether the service is there again says a call that is answered at once.
        await stub.getJob({ jobId }, scope.options());
        if (lasted > LASTING_MS) attempts.succeeded();
      }
    }
  } catch (error) {
    throw scope.error(error);
  } finally {
    scope.done();
  }
}
