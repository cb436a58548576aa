import type { CreateJobRequest } from '@kinemacolor/contracts';
import type { StoredJob } from '@kinemacolor/jobs';
import { TRACEPARENT } from '@kinemacolor/telemetry';
import { checkDuration, refuse } from './check-settings.js';
import type { Gateway } from './gateway.js';
import type { Context } from './guard.js';
import { makeJob } from './make-job.js';
import { newJobId } from './new-job.js';

const LONGEST_KEY = 200;

/** Makes a job that waits for its source, or finds the one that the same key has made before. */
export async function createJob(gateway: Gateway, request: CreateJobRequest, context: Context): Promise<StoredJob> {
  const { caller } = context;
  const { settings, label, idempotencyKey: key } = request;
  const mostMs = gateway.config.deadlineSeconds * 1000;
  const allowedMs = checkDuration('deadline', request.deadline, mostMs) ?? mostMs;
  if (key.length > LONGEST_KEY) refuse('idempotency_key', `It has more than ${LONGEST_KEY} characters.`);
  const id = key === '' ? newJobId() : await gateway.keys.idOf(caller.name, key);
  // First of all: another try is answered though the limit is reached meanwhile, and by that very job.
  const there = key === '' ? undefined : await gateway.jobs.get(id);
  const giveUp = new Date(Date.now() + gateway.config.idleSeconds * 1000);
  const record = there ?? (await makeJob(gateway, { id, caller, settings, label, attached: false, giveUp, allowedMs, traceparent: context.metadata.get(TRACEPARENT) })); // prettier-ignore
  context.about(id, record.traceparent);
  return record;
}
