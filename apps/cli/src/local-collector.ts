/**
 * Where a collector on this machine listens by OpenTelemetry's own default, by the protocol of each signal. What the environment
 * says goes before it.
 */
export function localCollector(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // An endpoint for one signal would go before one that is named for all.
  if (named(env['OTEL_EXPORTER_OTLP_ENDPOINT'])) return {};
  const all = env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  const own = ['TRACES', 'METRICS', 'LOGS'].filter((signal) => named(env[`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`]));
  const endpoints = own.map((signal) => {
    const grpc = isGrpc(env[`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`]);
    return { [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]: grpc ? GRPC : `${HTTP}/v1/${signal.toLowerCase()}` };
  });
  return Object.assign({ OTEL_EXPORTER_OTLP_ENDPOINT: isGrpc(all) ? GRPC : HTTP }, ...endpoints) as NodeJS.ProcessEnv;
}

const GRPC = 'http://127.0.0.1:4317';
const HTTP = 'http://127.0.0.1:4318';

const named = (value: string | undefined): boolean => (value ?? '').trim() !== '';
const isGrpc = (protocol: string | undefined): boolean => protocol?.trim() === 'grpc';
