import { BenchError } from '../bench-error.js';

export const noCollector = (): BenchError =>
  new BenchError(
    'PEER_MISSING',
    'There is no OpenTelemetry Collector to send to: install Go 1.24 or later and run `npm run setup`, which builds it.',
  );
