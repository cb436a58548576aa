/** OpenTelemetry's own default. */
const FIRST = 9464;

/**
 * Services on one machine cannot all be asked for their metrics (`OTEL_METRICS_EXPORTER=prometheus`) at the same port: each
 * has one of its own, counted from the one that the environment names.
 * @param place of the process among those of this machine, from 0
 */
export const metricsPort = (env: NodeJS.ProcessEnv, place: number): NodeJS.ProcessEnv => ({
  OTEL_EXPORTER_PROMETHEUS_PORT: String((Number(env['OTEL_EXPORTER_PROMETHEUS_PORT']) || FIRST) + place),
});
