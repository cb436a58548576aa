import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClientError } from './client-error.js';
import type { Connection } from './connection.js';
import { toJob, type Job } from './job.js';
import { lockPart } from './part-lock.js';
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
 * @throws ClientError, `ABORTED` while another download of the job to the same file is under way; errors of the file system
 *   as they are
 */
export async function downloadToFile(
  connection: Connection,
  jobId: string,
  file: string,
  options: FileDownloadOptions = {},
): Promise<Job> {
  const part = partPath(file, jobId);
  const letGo = await lockPart(file, jobId);
  try {
    const job = await fillPart(connection, jobId, part, options);
    await rename(part, file);
    return job;
  } catch (error) {
    // One that cannot be removed stays: what went wrong before is what is told.
    if (options.keepPart === false) await rm(part, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    letGo();
  }
}

/** Downloads what the part lacks. @returns the job, whose whole result the part is */
async function fillPart(
  connection: Connection,
  jobId: string,
  part: string,
  { resume = true, onProgress, ...options }: FileDownloadOptions,
): Promise<Job> {
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
      onProgress?.(bytes);
    }
    handle ??= await begin();
    await handle.sync();
    const job = await jobNow(connection, jobId, options);
    // The file itself, as whoever does not see our lock may have written to it, too.
    const { size } = await handle.stat();
    if (size === job.resultBytes) return job;
    // Nobody shall go on with it.
    await rm(part, { force: true });
    const words = `The result has ${job.resultBytes} bytes, and the file had ${size}: something else wrote to it. Try again.`;
    throw new ClientError('DATA_LOSS', words, { jobId });
  } finally {
    await handle?.close();
  }
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
