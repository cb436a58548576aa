import type { JobRecord } from '@kinemacolor/contracts';
import { newSpanContext, readTraceparent, SPANS, traceparentOf } from '@kinemacolor/telemetry';

const NO_PARENT = '0'.repeat(16);

/**
 * The trace of a new job: a span of its own below the call that makes it, or, where nothing is traced here, the client's.
 * @param client `traceparent` of the client, if it sent one
 */
export function traceOfJob(client: string | undefined): Pick<JobRecord, 'traceparent' | 'parentSpanId'> {
  const own = newSpanContext(SPANS.job);
  if (own !== undefined) return { traceparent: traceparentOf(own.self), parentSpanId: own.parent?.spanId ?? NO_PARENT };
  const theirs = readTraceparent(client);
  return { traceparent: theirs === undefined ? '' : traceparentOf(theirs), parentSpanId: '' };
}
