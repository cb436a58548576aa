import { randomBytes } from 'node:crypto';
import { Job, JobRecord, JobState, type ColorizeSettings, type LiveOptions } from '@kinemacolor/contracts';
import type { StoredJob } from '@kinemacolor/jobs';
import { durationOf } from './check-settings.js';

/** 128 random bits: who does not know it cannot name it. */
export const newJobId = (): string => randomBytes(16).toString('hex');

export interface NewJob {
  readonly id: string;
  readonly owner: string;
  readonly settings: ColorizeSettings;
  readonly label: string;
  /** The stream that it belongs to is there: it runs from the first byte on, and ends with its client. */
  readonly attached: boolean;
  readonly live?: LiveOptions | undefined;
  /** Until then somebody has to come for it. */
  readonly giveUp: Date;
  readonly allowedMs: number;
  readonly keepMs: number;
  readonly trace: Pick<JobRecord, 'traceparent' | 'parentSpanId'>;
}

/** The record of a job as it begins. */
export function newJob({
  id,
  owner,
  settings,
  label,
  attached,
  live,
  giveUp,
  allowedMs,
  keepMs,
  trace,
}: NewJob): StoredJob {
  const state = attached ? JobState.RUNNING : JobState.UPLOADING;
  const job = Job.create({ id, state, settings, label, created: new Date() });
  const record = JobRecord.create({
    owner,
    attached,
    giveUp,
    keep: durationOf(keepMs),
    allowed: durationOf(allowedMs),
    ...trace,
  });
  return { ...record, live, job };
}
