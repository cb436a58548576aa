import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection } from './connection.js';
import { toJob, type Job } from './job.js';
import { resultBytes, type ResultOptions } from './result-bytes.js';
import { openScope, within } from './scope.js';

export interface DownloadOptions extends ResultOptions {
  /** Told with the bytes there are so far, and how many the result has by now. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface FileDownloadOptions extends Omit<DownloadOptions, 'offset'> {
  /** What an earlier download left is gone on with. Default true; false begins anew. */
  readonly resume?: boolean | undefined;
  /** A download that is broken off leaves what came. Default true; false removes it. */
  readonly keepPart?: boolean | undefined;
}

/** Where a file's download grows until it is whole; of another job's it is another name. */
export function partPath(file: string, jobId: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${jobId}.part`);
}

/**
 * Downloads a result to a file: beside its name first (`partPath`), renamed when it is whole.
 * @returns the job
 * @throws ClientError; errors of the file system as they are
 */
export async function downloadToFile(
  connection: Connection,
  jobId: string,
  file: string,
  { resume = true, keepPart = true, ...options }: FileDownloadOptions = {},
): Promise<Job> {
  const part = partPath(file, jobId);
  const { resultBytes: present } = await jobNow(connection, jobId, options);
  const kept = resume ? await sizeOf(part) : 0;
  // More than there is cannot be of this result.
  const offset = kept <= present ? kept : 0;
  // At the first byte: of a job that has none, nothing shall be left.
  const begin = (): Promise<FileHandle> => open(part, offset === 0 ? 'w' : 'a');
  let handle: FileHandle | undefined;
  try {
    let bytes = offset;
    for await (const piece of resultBytes(connection, jobId, { ...options, offset })) {
      handle ??= await begin();
      await handle.writeFile(piece);
      bytes += piece.length;
      options.onProgress?.(bytes);
    }
    handle ??= await begin();
    await handle.sync();
    await handle.close();
    await rename(part, file);
  } catch (error) {
    await handle?.close();
    if (!keepPart) await rm(part, { force: true });
    throw error;
  }
  return jobNow(connection, jobId, options);
}

/** Downloads a result into a stream, as fast as it takes it, and ends it. @returns the job @throws ClientError; the stream's errors */
export async function downloadToStream(
  connection: Connection,
  jobId: string,
  target: Writable,
  options: DownloadOptions = {},
): Promise<Job> {
  let bytes = options.offset ?? 0;
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of resultBytes(connection, jobId, options)) {
      yield piece;
      bytes += piece.length;
      options.onProgress?.(bytes);
    }
  }
  await pipeline(pieces, target);
  return jobNow(connection, jobId, options);
}

async function jobNow(connection: Connection, jobId: string, options: DownloadOptions): Promise<Job> {
  const scope = openScope(connection, options, jobId);
  return within(scope, async () => toJob((await connection.stub.getJob({ jobId }, scope.options())).job));
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
