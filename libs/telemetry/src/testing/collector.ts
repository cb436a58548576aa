import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '@kinemacolor/config';
import { readLogs, readMetrics, readSpans, type ReceivedLog, type ReceivedMetric, type ReceivedSpan } from './otlp.js';
import { startServer } from './server.js';

/** A real OpenTelemetry Collector of a test's own, on loopback only, which writes down all that it receives. */
export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT with the protocol `http/protobuf` or `http/json`. */
  readonly endpoint: string;
  /** The same with the protocol `grpc`. */
  readonly grpcEndpoint: string;
  readonly pid: number;
  /**
   * What it has received so far, in the order in which it came. It writes before it answers: what an exporter has been
   * thanked for is there.
   */
  traces(): Promise<ReceivedSpan[]>;
  metrics(): Promise<ReceivedMetric[]>;
  logs(): Promise<ReceivedLog[]>;
  /** Ends it as SIGTERM does. Idempotent. What it has received can still be read. */
  stop(): Promise<void>;
}

const FILES = { traces: 'traces.jsonl', metrics: 'metrics.jsonl', logs: 'logs.jsonl' } as const;

/** The collector that the set-up builds for tests; undefined where there was no Go to build it with. */
export function findCollector(): string | undefined {
  const program = path.join(cacheFolder(), 'bin', 'kinemacolor-collector');
  return existsSync(program) ? program : undefined;
}

/**
 * Starts a collector that keeps what it receives in `folder`. It ends with this process, however that ends.
 * @returns undefined where there is none to start
 * @throws Error with its last words when it does not start
 */
export async function startCollector(folder: string): Promise<Collector | undefined> {
  const program = findCollector();
  if (program === undefined) return undefined;
  await mkdir(folder, { recursive: true });
  const config = path.join(folder, 'collector.json');
  await writeFile(config, JSON.stringify(configuration(folder), undefined, 2));
  const { pid, ready: ports, stop } = await startServer(program, { args: ['--config', config], announced });
  const linesOf = async (signal: keyof typeof FILES): Promise<string[]> => {
    const text = await readFile(path.join(folder, FILES[signal]), 'utf8');
    // The last one may be half written.
    return text.split('\n').slice(0, -1);
  };
  return {
    endpoint: `http://127.0.0.1:${ports.http}`,
    grpcEndpoint: `http://127.0.0.1:${ports.grpc}`,
    pid,
    traces: async () => readSpans(await linesOf('traces')),
    metrics: async () => readMetrics(await linesOf('metrics')),
    logs: async () => readLogs(await linesOf('logs')),
    stop,
  };
}

/** No queue, no batches: an exporter is answered when its data are in the file. */
function configuration(folder: string): object {
  const signals = Object.entries(FILES);
  return {
    receivers: {
      otlp: {
        protocols: {
          http: { endpoint: '127.0.0.1:0' },
          grpc: { endpoint: '127.0.0.1:0' },
        },
      },
    },
    exporters: Object.fromEntries(
      signals.map(([signal, file]) => [`lines/${signal}`, { path: path.join(folder, file) }]),
    ),
    service: {
      // None of its own, which would need a port.
      telemetry: { metrics: { level: 'none' } },
      pipelines: Object.fromEntries(
        signals.map(([signal]) => [signal, { receivers: ['otlp'], exporters: [`lines/${signal}`] }]),
      ),
    },
  };
}

interface Ports {
  readonly http: string;
  readonly grpc: string;
}

/** The ports that it was given, from its log; undefined until it is ready. */
function announced(words: string): Ports | undefined {
  if (!words.includes('Everything is ready')) return undefined;
  const port = (kind: string): string | undefined =>
    new RegExp(`Starting ${kind} server.*"endpoint": "127\\.0\\.0\\.1:(\\d+)"`).exec(words)?.[1];
  const [http, grpc] = [port('HTTP'), port('GRPC')];
  return http === undefined || grpc === undefined ? undefined : { http, grpc };
}
