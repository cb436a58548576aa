/*
 * Telemetry as the collector of tools/collector writes it: OTLP in JSON, a request a line, read into flat records.
 */

export type Value = string | number | boolean | readonly Value[] | undefined;
export type Attributes = Readonly<Record<string, Value>>;

export interface ReceivedSpan {
  /** `service.name` of the resource. */
  readonly service: string;
  readonly resource: Attributes;
  readonly name: string;
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** By OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** Nanoseconds since 1970. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly timeNs: bigint; readonly attributes: Attributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[];
  /** By OTLP: 0 unset, 1 ok, 2 error. */
  readonly status: number;
}

/** A point of a metric at one time. */
export interface ReceivedMetric {
  readonly service: string;
  readonly resource: Attributes;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
  readonly attributes: Attributes;
  readonly timeNs: bigint;
  /** Of a sum or gauge; of a histogram the sum of what was recorded. */
  readonly value: number;
  /** Of a histogram: how many were recorded, in all and between the bounds. */
  readonly count: number | undefined;
  readonly bucketCounts: readonly number[];
  readonly bounds: readonly number[];
  /** Spans that stand for what was recorded. */
  readonly exemplars: readonly { readonly traceId: string; readonly spanId: string; readonly value: number }[];
}

export interface ReceivedLog {
  readonly service: string;
  readonly resource: Attributes;
  readonly timeNs: bigint;
  readonly severity: string;
  readonly body: Value;
  readonly attributes: Attributes;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** @param lines of the file of traces */
export const readSpans = (lines: readonly string[]): ReceivedSpan[] =>
  lines.flatMap((line) =>
    list(parse(line), 'resourceSpans').flatMap((group) =>
      list(group, 'scopeSpans').flatMap((scope) => list(scope, 'spans').map((span) => spanOf(group, span))),
    ),
  );

/** @param lines of the file of metrics */
export const readMetrics = (lines: readonly string[]): ReceivedMetric[] =>
  lines.flatMap((line) =>
    list(parse(line), 'resourceMetrics').flatMap((group) =>
      list(group, 'scopeMetrics').flatMap((scope) =>
        list(scope, 'metrics').flatMap((metric) => pointsOf(group, metric)),
      ),
    ),
  );

/** @param lines of the file of logs */
export const readLogs = (lines: readonly string[]): ReceivedLog[] =>
  lines.flatMap((line) =>
    list(parse(line), 'resourceLogs').flatMap((group) =>
      list(group, 'scopeLogs').flatMap((scope) => list(scope, 'logRecords').map((record) => logOf(group, record))),
    ),
  );

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(line: string): Json {
  const value: unknown = JSON.parse(line);
  if (!isObject(value)) throw new Error(`This is no OTLP: ${line.slice(0, 100)}`);
  return value;
}

const child = (of: Json, key: string): Json => {
  const value = of[key];
  return isObject(value) ? value : {};
};

/** Empty fields are left out in JSON. */
const list = (of: Json, key: string): Json[] => {
  const value = of[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
};

const text = (of: Json, key: string): string => {
  const value = of[key];
  return typeof value === 'string' ? value : '';
};

const idOf = (of: Json, key: string): string | undefined => (text(of, key) === '' ? undefined : text(of, key));

/** 64-bit integers are texts in JSON. */
const nanoseconds = (of: Json, key: string): bigint => BigInt(text(of, key) === '' ? 0 : text(of, key));

const numbers = (of: Json, key: string): number[] => {
  const value = of[key];
  return Array.isArray(value) ? value.map(Number) : [];
};

const attributesOf = (of: Json): Attributes =>
  Object.fromEntries(list(of, 'attributes').map((one) => [text(one, 'key'), valueOf(child(one, 'value'))]));

function valueOf(value: Json): Value {
  const { stringValue, boolValue, intValue, doubleValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (intValue !== undefined) return Number(intValue);
  if (doubleValue !== undefined) return Number(doubleValue);
  if (value['arrayValue'] !== undefined) return list(child(value, 'arrayValue'), 'values').map(valueOf);
  return undefined;
}

function originOf(group: Json): { service: string; resource: Attributes } {
  const resource = attributesOf(child(group, 'resource'));
  const service = resource['service.name'];
  return { service: typeof service === 'string' ? service : '', resource };
}

const spanOf = (group: Json, span: Json): ReceivedSpan => ({
  ...originOf(group),
  name: text(span, 'name'),
  traceId: text(span, 'traceId'),
  spanId: text(span, 'spanId'),
  parentSpanId: idOf(span, 'parentSpanId'),
  kind: Number(span['kind'] ?? 0),
  startNs: nanoseconds(span, 'startTimeUnixNano'),
  endNs: nanoseconds(span, 'endTimeUnixNano'),
  attributes: attributesOf(span),
  events: list(span, 'events').map((event) => ({
    name: text(event, 'name'),
    timeNs: nanoseconds(event, 'timeUnixNano'),
    attributes: attributesOf(event),
  })),
  links: list(span, 'links').map((link) => ({
    traceId: text(link, 'traceId'),
    spanId: text(link, 'spanId'),
    attributes: attributesOf(link),
  })),
  status: Number(child(span, 'status')['code'] ?? 0),
});

const KINDS = ['sum', 'gauge', 'histogram'] as const;

function pointsOf(group: Json, metric: Json): ReceivedMetric[] {
  const kind = KINDS.find((one) => metric[one] !== undefined);
  if (kind === undefined) throw new Error(`Metric ${text(metric, 'name')} is of a kind that no test expects.`);
  return list(child(metric, kind), 'dataPoints').map((point) => ({
    ...originOf(group),
    name: text(metric, 'name'),
    unit: text(metric, 'unit'),
    description: text(metric, 'description'),
    kind,
    attributes: attributesOf(point),
    timeNs: nanoseconds(point, 'timeUnixNano'),
    value: kind === 'histogram' ? Number(point['sum'] ?? 0) : numberOf(point),
    count: kind === 'histogram' ? Number(point['count'] ?? 0) : undefined,
    bucketCounts: numbers(point, 'bucketCounts'),
    bounds: numbers(point, 'explicitBounds'),
    exemplars: list(point, 'exemplars').map((one) => ({
      traceId: text(one, 'traceId'),
      spanId: text(one, 'spanId'),
      value: numberOf(one),
    })),
  }));
}

const numberOf = (point: Json): number => Number(point['asInt'] ?? point['asDouble'] ?? 0);

const logOf = (group: Json, record: Json): ReceivedLog => ({
  ...originOf(group),
  timeNs: nanoseconds(record, 'timeUnixNano'),
  severity: text(record, 'severityText'),
  body: valueOf(child(record, 'body')),
  attributes: attributesOf(record),
  traceId: idOf(record, 'traceId'),
  spanId: idOf(record, 'spanId'),
});
