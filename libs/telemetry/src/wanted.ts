/** The signals of OpenTelemetry, as its variables call them. */
export const SIGNALS = ['TRACES', 'METRICS', 'LOGS'] as const;

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/**
 * What the environment wants to be told of. OpenTelemetry's own default is to send everything to a collector on this machine;
 * whoever has none would be warned for ever, so here nothing is sent until an endpoint or an exporter is named.
 * @returns variables to be set besides; undefined when nothing is wanted
 */
export function wantedTelemetry(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> | undefined {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  const named = (...names: string[]): boolean => names.some((name) => (env[name] ?? '').trim() !== '');
  const unwanted = SIGNALS.filter(
    (signal) => !named(ENDPOINT, `OTEL_${signal}_EXPORTER`, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`),
  );
  const silent = SIGNALS.every((signal) => unwanted.includes(signal) || env[`OTEL_${signal}_EXPORTER`] === 'none');
  if (silent) return undefined;
  return Object.fromEntries(unwanted.map((signal) => [`OTEL_${signal}_EXPORTER`, 'none']));
}
