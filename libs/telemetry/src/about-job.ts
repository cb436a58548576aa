import { trace } from '@opentelemetry/api';
import { ATTRIBUTES } from './names.js';
import { readTraceparent } from './trace-context.js';

/**
 * The span that is active is about a job: it gets the job's id, and a link to the job's span where that is in another trace.
 * @param traceparent of the job's span
 */
export function aboutJob(job: string, traceparent: string | undefined): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  span.setAttribute(ATTRIBUTES.job, job);
  const context = readTraceparent(traceparent);
  if (context !== undefined && context.traceId !== span.spanContext().traceId) span.addLink({ context });
}
