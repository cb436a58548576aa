import { JobState } from '@kinemacolor/contracts';
import { count, emitSpan, METRICS, readTraceparent, SPANS, type Facts } from '@kinemacolor/telemetry';
import type { StoredJob } from './job-store.js';

const OK = 0;

/**
 * Tells that a job has ended, once: whoever ended it does. Its span begins where the job was made, in another process, which
 * has said by which ids it goes.
 */
export function tellEnd({ job, traceparent, parentSpanId }: StoredJob): void {
  const { id, state, created, finished, error, settings } = job;
  const name = JobState[state].toLowerCase();
  const code = error?.code ?? OK;
  count(METRICS.jobsEnded, 1, { state: name, code });
  const self = readTraceparent(traceparent);
  if (self === undefined || parentSpanId === '' || created === undefined) return;
  const parent = /^0+$/.test(parentSpanId) ? undefined : { ...self, spanId: parentSpanId, isRemote: true };
  const facts: Facts = { job: id, state: name, code, model: settings?.model ?? '' };
  const [startUs, endUs] = [created.getTime() * 1000, (finished ?? new Date()).getTime() * 1000];
  emitSpan(SPANS.job, { startUs, endUs, self, parent, facts, error: error?.message });
}
