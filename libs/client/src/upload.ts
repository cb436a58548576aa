import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { UploadSourceRequest, DeepPartial } from '@kinemacolor/contracts';
import { countAttempts } from './attempts.js';
import { openSource, type ByteSource, type OpenSource } from './byte-source.js';
import { ClientError } from './client-error.js';
import type { CallOptions } from './client-options.js';
import type { Connection } from './connection.js';
import { endingOf, hasEnded, toJob, type Job } from './job.js';
import { openScope, within, type Scope } from './scope.js';

/** What can be read again from any place: a file's path, bytes, or a function that opens the source at an offset. */
export type UploadSource = string | URL | Uint8Array | ((offset: number) => ByteSource | Promise<ByteSource>);

export interface UploadProgress {
  /** Bytes handed over so far. */
  readonly bytes: number;
  /** Bytes of the whole source, where that is known. */
  readonly total: number | undefined;
}

export interface UploadOptions extends CallOptions {
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** What the service says when an upload does not begin where the kept bytes end. */
const MISFITS: ReadonlySet<string> = new Set(['ABORTED', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'INVALID_ARGUMENT']);

/**
 * Uploads the source of a job, from where the service has it; goes on by itself after a break.
 * @returns the job, whose source is whole
 * @throws ClientError; errors of the source as they are
 */
export async function uploadSource(
  connection: Connection,
  jobId: string,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<Job> {
  const scope = openScope(connection, options, jobId);
  const { signal } = scope;
  const attempts = countAttempts('UploadSource', connection.retries, { signal, onRetry: connection.onRetry });
  const now = async (): Promise<Job> => toJob((await connection.stub.getJob({ jobId }, scope.options())).job);
  return within(scope, async () => {
    const total = await sizeOf(source);
    let job = await now();
    while (job.state === 'uploading') {
      const offset = job.sourceBytes;
      const opened = openSource(await openAt(source, offset, total));
      const stop = (): void => {
        opened.stop();
      };
      signal.addEventListener('abort', stop);
      try {
        const onBytes = (bytes: number): void => options.onProgress?.({ bytes, total });
        return await send(connection, opened, { jobId, offset, scope, onBytes });
      } catch (thrown) {
        const error = scope.error(thrown);
        // The caller's own source, or a stop.
        if (!(error instanceof ClientError) || signal.aborted) throw error;
        if (!error.retriable && !MISFITS.has(error.code)) throw error;
        job = await now();
        if (job.state !== 'uploading') continue;
        if (job.sourceBytes > offset) attempts.succeeded();
        // The call before may still have been writing when this one began.
        const misfit = error.code === 'ABORTED' || (MISFITS.has(error.code) && job.sourceBytes !== offset);
        await attempts.failed(misfit ? new ClientError('UNAVAILABLE', error.message, { jobId, cause: error }) : error);
        job = await now();
      } finally {
        signal.removeEventListener('abort', stop);
        opened.stop();
      }
    }
    // The answer to the call before was lost, not the source.
    if (!hasEnded(job) || job.state === 'succeeded') return job;
    throw endingOf(job);
  });
}

interface Sending {
  readonly jobId: string;
  readonly offset: number;
  readonly scope: Scope;
  readonly onBytes: (bytes: number) => void;
}

async function send(
  connection: Connection,
  source: OpenSource,
  { jobId, offset, scope, onBytes }: Sending,
): Promise<Job> {
  async function* requests(): AsyncGenerator<DeepPartial<UploadSourceRequest>, void, undefined> {
    let size = offset;
    yield { part: { $case: 'target', value: { jobId, offset } } };
    for await (const value of source.bytes()) {
      yield { part: { $case: 'source', value } };
      size += value.length;
      onBytes(size);
    }
    yield { part: { $case: 'end', value: { size } } };
  }
  return toJob((await connection.stub.uploadSource(requests(), scope.options())).job);
}

async function openAt(source: UploadSource, offset: number, total: number | undefined): Promise<ByteSource> {
  if (total !== undefined && total < offset) {
    const words = `The source has ${total} bytes, and the service has kept ${offset} already: it was another one.`;
    throw new ClientError('FAILED_PRECONDITION', words);
  }
  if (typeof source === 'function') return source(offset);
  return source instanceof Uint8Array ? source.subarray(offset) : createReadStream(source, { start: offset });
}

async function sizeOf(source: UploadSource): Promise<number | undefined> {
  if (typeof source === 'function') return undefined;
  return source instanceof Uint8Array ? source.length : (await stat(source)).size;
}
