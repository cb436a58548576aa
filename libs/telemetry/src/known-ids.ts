import { randomBytes } from 'node:crypto';
import type { SpanContext } from '@opentelemetry/api';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';

/** Random id of so many bytes, in hexadecimal; never the one of zeros only, which is none. */
export function randomId(bytes: 8 | 16): string {
  const id = randomBytes(bytes).toString('hex');
  return /^0+$/.test(id) ? randomId(bytes) : id;
}

type Ids = Pick<SpanContext, 'traceId' | 'spanId'>;

/**
 * Ids of spans: random ones, or those that other processes know already. A span that begins in one process and ends in
 * another gets its id in the first, is named as the parent by all, and is made by the last.
 */
class KnownIds implements IdGenerator {
  #known: Ids | undefined;

  readonly generateTraceId = (): string => this.#known?.traceId ?? randomId(16);
  readonly generateSpanId = (): string => this.#known?.spanId ?? randomId(8);

  /** Makes a span with these ids. */
  use<T>(ids: Ids | undefined, make: () => T): T {
    this.#known = ids;
    try {
      return make();
    } finally {
      this.#known = undefined;
    }
  }
}

/** OpenTelemetry has one tracer provider a process, and this is what it asks. */
export const knownIds = new KnownIds();
