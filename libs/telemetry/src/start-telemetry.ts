import { diag, DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { knownIds } from './known-ids.js';
import { forgetInstruments } from './measure.js';
import { problemOf } from './problem-of.js';
import { wantedTelemetry } from './wanted.js';

export interface TelemetryOptions {
  /** OpenTelemetry's `service.name`, unless `OTEL_SERVICE_NAME` says another. */
  readonly service: string;
  /** Told, at most once a minute, that something could not be sent. */
  readonly onProblem: (message: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Telemetry {
  /** Whether anything is sent at all. */
  readonly on: boolean;
  /** Sends what is left, for three seconds at most; what is not sent by then is lost, and told. Idempotent. */
  stop(): Promise<void>;
}

/** What a collector that does not answer may keep a service that drains. */
const LAST_WORDS_MS = 3_000;
const BETWEEN_PROBLEMS_MS = 60_000;
const OFF: Telemetry = { on: false, stop: () => Promise.resolve() };

/**
 * Starts traces, metrics and logs as the standard `OTEL_*` variables want it; without any, nothing is loaded and all that is
 * recorded costs a call that does nothing. A collector that is away costs no more than what is dropped, which is counted
 * (`otel.sdk.processor.*.processed` with an `error.type`).
 *
 * Once a process, before anything is recorded.
 */
export async function startTelemetry({ service, onProblem, env = process.env }: TelemetryOptions): Promise<Telemetry> {
  const wanted = wantedTelemetry(env);
  if (wanted === undefined) return OFF;
  // The SDK reads the environment itself. What it drops is counted only where that is asked for.
  Object.assign(process.env, { OTEL_NODE_EXPERIMENTAL_SDK_METRICS: 'true' }, env, wanted);
  const problem = seldom(onProblem);
  diag.setLogger(diagnostics(problem), DiagLogLevel.WARN);
  const { core, NodeSDK, resources } = await import('@opentelemetry/sdk-node');
  core.setGlobalErrorHandler((error) => {
    problem(notSent(env, error));
  });
  const sdk = new NodeSDK({
    ...((env['OTEL_SERVICE_NAME'] ?? '') === '' ? { serviceName: service } : {}),
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.namespace': 'kinemacolor' })),
    // Not the process's command line, which may name what is nobody's business.
    resourceDetectors: [resources.envDetector, resources.hostDetector, resources.serviceInstanceIdDetector],
    idGenerator: knownIds,
    instrumentations: [],
  });
  sdk.start();
  forgetInstruments();
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const late = new AbortController();
    const done = sdk.shutdown().catch((error: unknown) => {
      problem(notSent(env, error));
    });
    const inTime = await Promise.race([done.then(() => true), timeLimit(LAST_WORDS_MS, late.signal).then(() => false)]);
    late.abort();
    if (!inTime) problem(notSent(env, new Error(`no answer within ${LAST_WORDS_MS / 1000} s; what was left is lost`)));
  };
  return { on: true, stop: () => (stopping ??= stop()) };
}

function timeLimit(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  });
}

/** Lets one message through, and the next one only after a while, with how many there were. */
function seldom(tell: (message: string) => void): (message: string) => void {
  let next = 0;
  let untold = 0;
  return (message) => {
    // Which we have asked for.
    if (message.includes('contains "none"')) return;
    const now = performance.now();
    if (now < next) {
      untold += 1;
      return;
    }
    tell(untold === 0 ? message : `${message} (and ${untold} more since the last such message)`);
    next = now + BETWEEN_PROBLEMS_MS;
    untold = 0;
  };
}

const nothing = (): void => undefined;

const diagnostics = (problem: (message: string) => void): DiagLogger => {
  const tell = (...said: readonly unknown[]): void => {
    problem(problemOf(said));
  };
  return { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing };
};

/** The errors of the exporters differ, and few of them say where. */
function notSent(env: NodeJS.ProcessEnv, error: unknown): string {
  const { message, code } = error as { message?: string; code?: string | number };
  const why = [message, code].find((part) => typeof part === 'string' && part !== '') ?? 'unknown';
  const where = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return `Telemetry could not be sent${where === undefined ? '' : ` to ${where}: is a collector there?`} (${why})`;
}
