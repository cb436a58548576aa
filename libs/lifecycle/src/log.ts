import { pino, type Logger } from 'pino';

/** Structured log of a service: JSON lines on standard error, with the service's name and what is given with each. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];
export const LOG_LEVELS = LEVELS;

/** @param service its name in every line, as OpenTelemetry's `service.name` */
export function openLog(service: string, level: LogLevel = 'info'): Log {
  const options = {
    level,
    base: { service },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    messageKey: 'message',
    errorKey: 'error',
  };
  // At once: what a process said last before it was killed is what one wants to read.
  return pino(options, pino.destination({ fd: 2, sync: true }));
}

/** What a log line says of an error: its kind and words, never its stack. */
export function errorFields(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = 'code' in error ? String(error.code) : undefined;
  return { error: `${error.name}: ${error.message}`, ...(code === undefined ? {} : { code }) };
}
