import { isSpanContextValid, TraceFlags, type SpanContext } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** Header of a NATS message, and key of a call's metadata, that the context is in (W3C Trace Context, level 1). */
export const TRACEPARENT = 'traceparent';

/** @returns undefined for what is none */
export function readTraceparent(text: string | undefined): SpanContext | undefined {
  const context = text === undefined || text === '' ? null : parseTraceParent(text);
  return context !== null && isSpanContextValid(context) ? { ...context, isRemote: true } : undefined;
}

export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** Whether its spans are to be recorded. */
export const isSampled = (context: SpanContext | undefined): context is SpanContext =>
  context !== undefined && (context.traceFlags & TraceFlags.SAMPLED) !== 0;
