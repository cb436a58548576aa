import { ROOT_CONTEXT, SpanStatusCode, trace, type HrTime, type Link, type SpanContext } from '@opentelemetry/api';
import { toAttributes, type Facts } from './attributes.js';
import { knownIds } from './known-ids.js';

export interface SpanFacts {
  /** Microseconds since 1970. */
  readonly startUs: number;
  readonly endUs: number;
  readonly parent?: SpanContext | undefined;
  /** What others call it already. */
  readonly self?: SpanContext | undefined;
  readonly facts?: Facts;
  /** Spans that it has to do with, but is no part of. */
  readonly links?: readonly SpanContext[];
  /** It failed, and why. */
  readonly error?: string | undefined;
}

/** Name of this project's tracer and meter. */
export const SCOPE = 'kinemacolor';

/** Makes a span of something that is over. @returns its context; not valid where nothing is recorded */
export function emitSpan(
  name: string,
  { startUs, endUs, parent, self, facts, links = [], error }: SpanFacts,
): SpanContext {
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const span = knownIds.use(self, () =>
    trace.getTracer(SCOPE).startSpan(
      name,
      {
        startTime: hrTime(startUs),
        attributes: toAttributes(facts),
        links: links.map((linked): Link => ({ context: linked })),
      },
      context,
    ),
  );
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  // A clock of another machine may be ahead of this one.
  span.end(hrTime(Math.max(startUs, endUs)));
  return span.spanContext();
}

const hrTime = (us: number): HrTime => [Math.floor(us / 1e6), Math.round((us % 1e6) * 1000)];
