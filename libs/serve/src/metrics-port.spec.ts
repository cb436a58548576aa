import { expect, it } from 'vitest';
import { metricsPort } from './metrics-port.js';

it.each([
  ['the default', {}, '9466'],
  ['the port that is named', { OTEL_EXPORTER_PROMETHEUS_PORT: '7000' }, '7002'],
  ['the default where nonsense is named', { OTEL_EXPORTER_PROMETHEUS_PORT: 'x' }, '9466'],
])('counts from %s', (_, env, port) => {
  expect(metricsPort(env, 2)).toEqual({ OTEL_EXPORTER_PROMETHEUS_PORT: port });
});
