import { context, trace, type SpanContext } from '@opentelemetry/api';
import { SCOPE } from './emit-span.js';

/**
 * Ids for a span that another process will make, once it is over: the sampler decides now whether it will be recorded.
 * @param parent default: the span that is active, or none
 * @returns undefined when nothing is traced here, and nobody else has begun to
 */
export function newSpanContext(
  name: string,
  parent = trace.getSpanContext(context.active()),
): { readonly self: SpanContext; readonly parent: SpanContext | undefined } | undefined {
  // Never ended, it goes nowhere.
  const within = parent === undefined ? context.active() : trace.setSpanContext(context.active(), parent);
  const self = trace.getTracer(SCOPE).startSpan(name, {}, within).spanContext();
  if (!/^0*$/.test(self.traceId) && self.spanId !== parent?.spanId) return { self, parent };
  return undefined;
}
