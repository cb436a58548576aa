import { inspect } from 'node:util';

/**
 * What the SDK has to say, in a line. Its loggers are typed to get words, but some exporters hand them an Error, and this is
 * called where nobody catches: it takes anything.
 */
export function problemOf(said: readonly unknown[]): string {
  return said.map(words).join(' ');
}

function words(part: unknown): string {
  if (typeof part === 'string') return part;
  if (!(part instanceof Error)) return inspect(part, { breakLength: Infinity });
  const { code, port } = part as NodeJS.ErrnoException & { readonly port?: number };
  if (code !== 'EADDRINUSE') return `Telemetry: ${part.message}`;
  // Prometheus's exporter is the only one that listens.
  return `Metrics cannot be read here: port ${port} is taken. OTEL_EXPORTER_PROMETHEUS_PORT names another one.`;
}
