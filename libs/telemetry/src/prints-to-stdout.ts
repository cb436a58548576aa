import { SIGNALS, wantedTelemetry } from './wanted.js';

/** Levels of the SDK's own log that it writes to standard output; `warn` and `error` go to standard error. */
const CHATTY = /^(info|debug|verbose|all)$/i;

/** Variables by which OpenTelemetry would write to standard output, for a program whose output is something else. */
export function printsToStdout(env: NodeJS.ProcessEnv): string[] {
  if (wantedTelemetry(env) === undefined) return [];
  const exporters = SIGNALS.map((signal) => `OTEL_${signal}_EXPORTER`).filter((name) =>
    (env[name] ?? '').split(',').some((exporter) => exporter.trim() === 'console'),
  );
  return [...exporters, ...(CHATTY.test(env['OTEL_LOG_LEVEL'] ?? '') ? ['OTEL_LOG_LEVEL'] : [])];
}
