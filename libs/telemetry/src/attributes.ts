import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTES } from './names.js';

/** What is said of a span, a measurement or a log line, by the short names of `ATTRIBUTES`. */
export type Facts = Readonly<Partial<Record<keyof typeof ATTRIBUTES, string | number | boolean>>>;

export function toAttributes(facts: Facts | undefined): Attributes {
  const entries = Object.entries(facts ?? {}) as [keyof typeof ATTRIBUTES, string | number | boolean][];
  return Object.fromEntries(entries.map(([name, value]) => [ATTRIBUTES[name], value]));
}
