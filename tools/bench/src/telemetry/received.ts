import { SPANS } from '@kinemacolor/telemetry';
import type { Collector } from '@kinemacolor/telemetry/testing';
import { BenchError } from '../bench-error.js';

/** What a collector got of some films. */
export interface Received {
  /** All spans, of frames or not. */
  readonly spans: number;
  /** Frames that have their own span. */
  readonly frames: number;
  /** Spans that the services made and the collector never got. */
  readonly dropped: number;
}

type Span = Pick<Awaited<ReturnType<Collector['traces']>>[number], 'resource' | 'spanId'>;
type Point = Pick<Awaited<ReturnType<Collector['metrics']>>[number], 'name' | 'resource' | 'attributes' | 'value'>;

/** OpenTelemetry's own counts of the spans that a process made, and of those that are not over. */
const STARTED = 'otel.sdk.span.started';
const LIVE = 'otel.sdk.span.live';
const RESULT = 'otel.span.sampling_result';

/**
 * Spans that were made and did not arrive, by the last word of every process. What it says itself of spans that it dropped
 * is not enough: its last metrics leave before its last spans.
 * @throws BenchError `DISAGREE` when a process sent spans and not how many it made, or nobody sent anything: then nobody knows
 */
export function droppedSpans(spans: readonly Span[], points: readonly Point[]): number {
  const arrived = new Map<string, Set<string>>();
  for (const { resource, spanId } of spans) {
    const process = processOf(resource);
    // A set, as what is sent again is still one span.
    arrived.set(process, (arrived.get(process) ?? new Set()).add(spanId));
  }
  const [started, live] = [lastOf(points, STARTED), lastOf(points, LIVE)];
  const silent = [...arrived.keys()].find((process) => !started.has(process));
  if (silent !== undefined || started.size === 0) {
    throw new BenchError(
      'DISAGREE',
      `How many spans were made was not told by ${silent ?? 'any service'} (${STARTED}).`,
    );
  }
  const missing = [...started].map(([process, count]) => {
    const ended = count - (live.get(process) ?? 0);
    return Math.max(0, ended - (arrived.get(process)?.size ?? 0));
  });
  return missing.reduce((sum, count) => sum + count, 0);
}

const processOf = (resource: Span['resource']): string =>
  `${String(resource['service.name'])} ${String(resource['service.instance.id'])}`;

/** The last value of each process, summed over where its sampled spans came from. Points come in order. */
function lastOf(points: readonly Point[], metric: string): Map<string, number> {
  const last = new Map<string, Map<string, number>>();
  for (const { name, resource, attributes, value } of points) {
    if (name !== metric || attributes[RESULT] !== 'RECORD_AND_SAMPLE') continue;
    const process = processOf(resource);
    last.set(process, (last.get(process) ?? new Map<string, number>()).set(JSON.stringify(attributes), value));
  }
  return new Map(
    [...last].map(([process, values]) => [process, [...values.values()].reduce((sum, one) => sum + one, 0)]),
  );
}

/** Reads a collector when whoever sends to it has ended. @throws BenchError `DISAGREE` as {@link droppedSpans} */
export async function whatCame(collector: Pick<Collector, 'traces' | 'metrics'>): Promise<Received> {
  const spans = await collector.traces();
  return {
    spans: spans.length,
    frames: spans.filter(({ name }) => name === SPANS.frame).length,
    dropped: droppedSpans(spans, await collector.metrics()),
  };
}
