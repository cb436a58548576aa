import { expect, test } from 'vitest';
import { SIDES, sideEnvironment } from './telemetry-sides.js';

const inherited = { PATH: '/bin', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere:4318', KINEMACOLOR_TRACE_FRAMES: '1' };

test('nothing of what this process was told of telemetry is left where it is off', () => {
  expect(sideEnvironment(SIDES[0]!, undefined, inherited)).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
    KINEMACOLOR_TRACE_FRAMES: '',
  });
});

test('the others have their share, and the collector or nobody', () => {
  const told = SIDES.slice(1).map((side) => sideEnvironment(side, 'http://127.0.0.1:4318', inherited));
  expect(told.map((env) => env['KINEMACOLOR_TRACE_FRAMES'])).toEqual(['0.01', '1', '1']);
  expect(told.map((env) => env['OTEL_EXPORTER_OTLP_ENDPOINT'])).toEqual(['http://127.0.0.1:4318', 'http://127.0.0.1:4318', 'http://127.0.0.1:9']); // prettier-ignore
  expect(() => sideEnvironment(SIDES[1]!, undefined, inherited)).toThrow('needs a collector');
});
