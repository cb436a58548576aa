import { rm } from 'node:fs/promises';
import type { Job, JobOptions } from '@kinemacolor/client';
import { ClientError } from '@kinemacolor/client/client-error';
import { MediaError } from '@kinemacolor/media';
import { createJob } from './create-job.js';
import { jobProgress } from './job-progress.js';
import { leaveJob } from './leave-job.js';
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

/**
 * Uploads a film as a job, watches it, and downloads the result as it grows. A stop cancels the job; where it goes on though
 * the command fails, the user is told how to get at it.
 * @throws ClientError, MediaError
 */
export async function submitJob(session: Session, submission: JobSubmission): Promise<void> {
  const { film, output, detach, quiet, json } = submission;
  const { say } = session;
  const display = phasedDisplay(film, { quiet });
  const { id } = await createJob(session, submission.options);
  try {
    let job = await upload(session, id, film, display);
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
    await leaveJob(session, id, { output, error });
    throw error;
  }
}

async function upload({ client, signal }: Session, id: string, film: string, display: ProgressDisplay): Promise<Job> {
  const onProgress = ({ bytes, total }: { bytes: number; total: number | undefined }): void => {
    display.onProgress({ phase: 'upload', bytes, total });
  };
  try {
    return await client.jobs.upload(id, film, { signal, onProgress });
  } catch (error) {
    throw error instanceof Error && 'errno' in error ? MediaError.from(error, film) : error;
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
    // What has come is worth something only where it may be gone on with; and another download's is not ours.
    const keep = error instanceof ClientError && (error.retriable || error.code === 'ABORTED');
    // One that cannot be removed stays: what went wrong before is what is told.
    if (!keep) await rm(partPath(output, id), { force: true }).catch(() => undefined);
    throw error;
  }
}
