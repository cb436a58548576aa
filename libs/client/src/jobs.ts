import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { UploadOptions, UploadSource } from './upload.js';
import { uploadSource } from './upload.js';
import type { CallOptions } from './client-options.js';
import { toDuration, toSettings, type ColorizeOptions } from './colorize-options.js';
import type { Connection } from './connection.js';
import { downloadToFile, downloadToStream, type DownloadOptions, type FileDownloadOptions } from './download.js';
import { toJob, wireState, type Job, type JobState } from './job.js';
import { resultBytes, type ResultOptions } from './result-bytes.js';
import { openScope, within } from './scope.js';
import { waitForJob, watchJob, type WaitOptions, type WatchOptions } from './watch.js';

export interface JobOptions extends ColorizeOptions {
  /** How long the job may take once its source is whole, milliseconds. Default and most: the service's own limit. */
  readonly jobDeadlineMs?: number | undefined;
  /** The same key gives the same job. Default: a new one, which makes it safe to try again. */
  readonly idempotencyKey?: string | undefined;
}

export interface ListOptions extends CallOptions {
  /** Only jobs in one of these. Default: all. */
  readonly states?: readonly JobState[] | undefined;
  /** Jobs fetched at a time, 1 to 500. Default 50. */
  readonly pageSize?: number | undefined;
}

/** Jobs of the token. Every call throws `ClientError`; those that are safe to repeat go on after `UNAVAILABLE`. */
export interface Jobs {
  /** `create`, then `upload`. An error tells the job's id: `upload` goes on with it. */
  submit(source: UploadSource, options?: JobOptions, call?: UploadOptions): Promise<Job>;
  /** Makes a job, which waits for its source. */
  create(options?: JobOptions, call?: CallOptions): Promise<Job>;
  /** Uploads a job's source, from where the service has it. */
  upload(jobId: string, source: UploadSource, call?: UploadOptions): Promise<Job>;
  get(jobId: string, call?: CallOptions): Promise<Job>;
  /** The job now, and whenever it has changed, until it has ended. */
  watch(jobId: string, call?: WatchOptions): AsyncIterable<Job>;
  /** The job once it has succeeded; throws what it ended with otherwise. */
  wait(jobId: string, call?: WaitOptions): Promise<Job>;
  /** Newest first. */
  list(call?: ListOptions): AsyncIterable<Job>;
  /** A job that has ended stays as it is. */
  cancel(jobId: string, call?: CallOptions): Promise<Job>;
  /** The result's bytes, also while the job still runs. */
  result(jobId: string, call?: ResultOptions): AsyncIterable<Uint8Array>;
  /**
   * The whole result into a file, written beside its name and renamed, or into a stream, which is ended. What an earlier
   * download to the same file left is gone on with; one that is under way is not disturbed (`ABORTED`).
   */
  download(jobId: string, file: string, call?: FileDownloadOptions): Promise<Job>;
  download(jobId: string, stream: Writable, call?: DownloadOptions): Promise<Job>;
}

export function openJobs(connection: Connection): Jobs {
  const { stub } = connection;
  const create = (options: JobOptions = {}, call: CallOptions = {}): Promise<Job> => {
    const { label = '', jobDeadlineMs, idempotencyKey = randomUUID() } = options;
    const deadline = jobDeadlineMs === undefined ? undefined : toDuration(jobDeadlineMs);
    const scope = openScope(connection, call);
    return within(scope, async () => {
      const request = { settings: toSettings(options), label, deadline, idempotencyKey };
      return toJob((await stub.createJob(request, { ...scope.options(), retry: true })).job);
    });
  };
  const upload: Jobs['upload'] = (jobId, source, call) => uploadSource(connection, jobId, source, call);
  return {
    create,
    upload,
    submit: async (source, options, call = {}) => {
      const { id } = await create(options, call);
      return upload(id, source, call);
    },
    get: (jobId, call) => {
      const scope = openScope(connection, call, jobId);
      return within(scope, async () => toJob((await stub.getJob({ jobId }, scope.options())).job));
    },
    watch: (jobId, call) => watchJob(connection, jobId, call),
    wait: (jobId, call) => waitForJob(connection, jobId, call),
    list: (call) => listJobs(connection, call),
    cancel: (jobId, call) => {
      const scope = openScope(connection, call, jobId);
      return within(scope, async () => toJob((await stub.cancelJob({ jobId }, scope.options())).job));
    },
    result: (jobId, call) => resultBytes(connection, jobId, call),
    download: (jobId: string, target: string | Writable, call?: FileDownloadOptions & DownloadOptions) =>
      typeof target === 'string'
        ? downloadToFile(connection, jobId, target, call)
        : downloadToStream(connection, jobId, target, call),
  };
}

async function* listJobs(connection: Connection, call: ListOptions = {}): AsyncGenerator<Job, void, undefined> {
  const { states = [], pageSize = 50 } = call;
  const wanted = states.map(wireState);
  let pageToken = '';
  do {
    const scope = openScope(connection, call);
    const page = await within(scope, () =>
      connection.stub.listJobs({ pageSize, pageToken, states: wanted }, scope.options()),
    );
    for (const job of page.jobs) yield toJob(job);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}
