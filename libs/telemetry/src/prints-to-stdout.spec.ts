import { expect, it } from 'vitest';
import { printsToStdout } from './prints-to-stdout.js';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

it.each([
  [{}, []],
  [ENDPOINT, []],
  [{ ...ENDPOINT, OTEL_LOG_LEVEL: 'warn' }, []],
  [{ OTEL_TRACES_EXPORTER: 'console', OTEL_SDK_DISABLED: 'true' }, []],
  [{ OTEL_TRACES_EXPORTER: 'otlp, console' }, ['OTEL_TRACES_EXPORTER']],
  [{ ...ENDPOINT, OTEL_METRICS_EXPORTER: 'console', OTEL_LOG_LEVEL: 'DEBUG' }, ['OTEL_METRICS_EXPORTER', 'OTEL_LOG_LEVEL']],
])('of %o finds %o', (env, names) => {
  expect(printsToStdout(env)).toEqual(names);
}); // prettier-ignore
