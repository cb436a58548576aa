import { expect, it } from 'vitest';
import { wantedTelemetry } from './wanted.js';

const ENDPOINT = 'http://127.0.0.1:4318';
const NONE = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

it.each([
  ['nothing is named', {}],
  ['everything is off', { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_SDK_DISABLED: 'True' }],
  ['no signal is left', NONE],
  ['an endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
])('wants nothing where %s', (_, env) => {
  expect(wantedTelemetry(env)).toBeUndefined();
});

it.each([
  ['all signals by one endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, {}],
  [
    'one signal by its endpoint',
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINT },
    { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  ],
  [
    'one signal by its exporter',
    { OTEL_METRICS_EXPORTER: 'prometheus' },
    { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  ],
  ['all but one', { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_LOGS_EXPORTER: 'none' }, {}],
])('wants %s', (_, env, besides) => {
  // prettier-ignore
  expect(wantedTelemetry(env)).toEqual(besides);
});
