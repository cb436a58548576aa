import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Client, Job, JobOptions } from '@kinemacolor/client';
import { ClientError } from '@kinemacolor/client/client-error';
import { makeFolders } from '@kinemacolor/config';
import { MediaError } from '@kinemacolor/media';
import { jobLine } from './job-lines.js';
import { jobProgress } from './job-progress.js';
import { phasedDisplay } from './phased-display.js';
import type { ProgressDisplay } from './progress-display.js';
import type { Session } from './service-command.js';

export interface JobSubmission {
  readonly film: string;
  readonly output: string | undefined;
  readonly options: JobOptions;
  readonly detach: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** How long a command that is being stopped tries to cancel its job, milliseconds. */
const CANCEL_MS = 5000;

/**
 * Uploads a film as a job, watches it, and downloads the result as it grows. A stop cancels the job.
 * @throws ClientError, MediaError
 */
export async function submitJob(session: Session, submission: JobSubmission): Promise<void> {
  const { film, output, detach, quiet, json } = submission;
  const { client, signal, say } = session;
  const display = phasedDisplay(film, { quiet });
  const { id } = await client.jobs.create(submission.options, { signal });
  try {
    const onProgress = ({ bytes, total }: { bytes: number; total: number | undefined }): void => {
      display.onProgress({ phase: 'upload', bytes, total });
    };
    let job = await client.jobs.upload(id, film, { signal, onProgress });
    if (output === undefined || detach) {
      display.stop();
      process.stdout.write(json ? `${JSON.stringify(job, null, 2)}\n` : `${id}\n`);
      say(`To fetch it: kinemacolor download ${id} -o ${output ?? 'OUT.mkv'}`);
      return;
    }
    job = await resultOf(session, id, output, display);
    display.stop();
    for (const warning of job.warnings) say(`${film}: ${warning}`);
    say(`${output}: ${job.progress.framesEncoded} frames`);
    if (json) process.stdout.write(`${JSON.stringify(job, null, 2)}\n`);
  } catch (error) {
    display.stop();
    if (signal.aborted) await cancel(client, id, say);
    else if (error instanceof ClientError && error.retriable)
      say(`The job may go on without us: kinemacolor jobs ${id}`);
    throw error;
  }
}

/** Watches and downloads at once: a long film comes while it is coloured. */
async function resultOf(
  { client, signal }: Session,
  id: string,
  output: string,
  display: ProgressDisplay,
): Promise<Job> {
  const { partPath } = await import('@kinemacolor/client');
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const download = async (): Promise<Job> => {
    try {
      await makeFolders(path.dirname(path.resolve(output)));
      return await client.jobs.download(id, output, { signal: both });
    } catch (error) {
      throw error instanceof Error && 'errno' in error ? MediaError.fromOutput(error, output) : error;
    }
  };
  const onJob = (job: Job): void => {
    display.onProgress(jobProgress(job));
  };
  const parts = [client.jobs.wait(id, { signal: both, onJob }), download()] as const;
  try {
    const [job] = await Promise.all(parts);
    return job;
  } catch (error) {
    stop.abort();
    await Promise.allSettled(parts);
    // What has come is worth something only where the job may still succeed.
    const keep = error instanceof ClientError && error.retriable;
    if (!keep) await rm(partPath(output, id), { force: true });
    throw error;
  }
}

async function cancel(client: Client, id: string, say: Session['say']): Promise<void> {
  try {
    say(jobLine(await client.jobs.cancel(id, { deadlineMs: CANCEL_MS })));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    say(`The job could not be cancelled: ${error.message} Try: kinemacolor cancel ${id}`);
  }
}
