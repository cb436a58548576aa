import { expect, it } from 'vitest';
import { localCollector } from './local-collector.js';

it('is at the port of the protocol', () => {
  expect(localCollector({})).toEqual({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' });
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  expect(localCollector(grpc)).toEqual({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317' });
});

it('is at that of the protocol of one signal, too', () => {
  expect(localCollector({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' })).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4317',
  });
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf' };
  expect(localCollector(env)).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317',
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:4318/v1/logs',
  });
});

it('is not looked for where one is named', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://there:4317', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' };
  expect(localCollector(env)).toEqual({});
});
