import { logs, SeverityNumber, type AnyValueMap } from '@opentelemetry/api-logs';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { ATTRIBUTES } from './names.js';
import { SCOPE } from './emit-span.js';

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/** Fields of a log line that have a place or a name of their own in OpenTelemetry. */
const NAMES: Readonly<Record<string, string>> = {
  job: ATTRIBUTES.job,
  frame: ATTRIBUTES.frame,
  model: ATTRIBUTES.model,
};
const PLACES = new Set(['level', 'time', 'service', 'message', 'trace_id', 'span_id']);

/** Where log lines, JSON as `pino` writes them, become OpenTelemetry's log records too. */
export const logStream = {
  write(line: string): void {
    const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const level = String(fields['level']);
    const entries = Object.entries(fields).filter(([name]) => !PLACES.has(name));
    const attributes = Object.fromEntries(entries.map(([name, value]) => [NAMES[name] ?? name, value])) as AnyValueMap;
    logs.getLogger(SCOPE).emit({
      timestamp: new Date(String(fields['time'])),
      severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
      severityText: level,
      body: typeof fields['message'] === 'string' ? fields['message'] : '',
      attributes,
      context: context.active(),
    });
  },
};

/** Fields that tell which trace a line belongs to; none outside of one. */
export function traceFields(): { trace_id: string; span_id: string } | Record<string, never> {
  const span = trace.getSpanContext(context.active());
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

/** Does something as a part of a trace: its log lines carry the trace's id. */
export function withinTrace<T>(span: Parameters<typeof trace.setSpanContext>[1] | undefined, work: () => T): T {
  return span === undefined ? work() : context.with(trace.setSpanContext(ROOT_CONTEXT, span), work);
}
