import path from 'node:path';
import type { Job } from '@kinemacolor/client';
import { ClientError } from '@kinemacolor/client/client-error';
import { jobLine } from './job-lines.js';
import type { Session } from './service-command.js';

/** How long a command that ends tries to cancel its job, or to learn how that is, milliseconds. */
const LAST_CALL_MS = 5000;

/** What becomes of the job of a command that failed: it is cancelled where nobody could go on with it, and named where it goes on. */
export async function leaveJob(
  session: Session,
  id: string,
  { output, error }: { readonly output: string | undefined; readonly error: unknown },
): Promise<void> {
  const { signal, warn } = session;
  if (signal.aborted) return cancel(session, id);
  const job = await lastLook(session, id, error);
  if (job === undefined) warn(`The job may go on without us: kinemacolor jobs ${id}`);
  else if (job.state === 'uploading') await cancel(session, id);
  else if (job.state === 'succeeded' || job.finished === undefined) {
    const elsewhere = `ELSEWHERE${path.extname(output ?? '.mkv')}`;
    warn(`The job goes on, and its result is kept: kinemacolor download ${id} -o ${elsewhere}`);
  }
}

/** The job now; undefined where the service does not say. */
async function lastLook({ client }: Session, id: string, error: unknown): Promise<Job | undefined> {
  // It is away, and has been waited for.
  if (error instanceof ClientError && error.retriable) return undefined;
  try {
    return await client.jobs.get(id, { deadlineMs: LAST_CALL_MS });
  } catch (failure) {
    if (!(failure instanceof ClientError)) throw failure;
    return undefined;
  }
}

async function cancel({ client, say, warn }: Session, id: string): Promise<void> {
  try {
    say(jobLine(await client.jobs.cancel(id, { deadlineMs: LAST_CALL_MS })));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    warn(`The job could not be cancelled: ${error.message} Try: kinemacolor cancel ${id}`);
  }
}
