import { multistream, pino, type Logger } from 'pino';
import { logStream, traceFields } from '@kinemacolor/telemetry';

/** Structured log of a service: JSON lines on standard error, with the service's name and what is given with each. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];
export const LOG_LEVELS = LEVELS;

/**
 * Lines that are written while something of a trace is done carry its ids.
 * @param service its name in every line, as OpenTelemetry's `service.name`
 * @param sent whether lines, from `info` on, also go to where telemetry goes
 */
export function openLog(service: string, level: LogLevel = 'info', sent = false): Log {
  const options = {
    level,
    base: { service },
    mixin: traceFields,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    messageKey: 'message',
    errorKey: 'error',
  };
  // At once: what a process said last before it was killed is what one wants to read.
  const stderr = pino.destination({ fd: 2, sync: true });
  if (!sent || level === 'silent') return pino(options, stderr);
  // Who collects logs wants to know what happened, however quiet the terminal is.
  const collected = level === 'debug' ? level : 'info';
  const streams = [
    { stream: stderr, level },
    { stream: logStream, level: collected },
  ] as const;
  return pino({ ...options, level: collected }, multistream([...streams]));
}

/** What a log line says of an error: its kind and words, never its stack. */
export function errorFields(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = 'code' in error ? String(error.code) : undefined;
  return { error: `${error.name}: ${error.message}`, ...(code === undefined ? {} : { code }) };
}
