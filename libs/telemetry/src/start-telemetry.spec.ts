import { execFile } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { findCollector, startCollector } from './testing/collector.js';

/** The SDK is one a process: each test has a process of its own, of the built package. */
const INDEX = fileURLToPath(new URL('../dist/index.js', import.meta.url));

async function run(program: string, env: NodeJS.ProcessEnv): Promise<{ readonly out: string }> {
  const script = `import * as telemetry from ${JSON.stringify(INDEX)};\n${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...env },
  });
  return { out: stdout };
}

const EMIT = `
  const told = [];
  const sent = await telemetry.startTelemetry({ service: 'tried', onProblem: (message) => told.push(message) });
  for (let i = 0; i < 600; i++) telemetry.emitSpan('kinemacolor.frame', { startUs: telemetry.nowUs(), endUs: telemetry.nowUs() + 5, facts: { frame: i } });
  telemetry.measure(telemetry.METRICS.frameWhole, 0.25);
`;
/** Until the first spans were given up, and a while for the second ones. */
const UNTIL_TOLD = `
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let tries = 0; told.length === 0 && tries < 400; tries++) await pause(50);
  await pause(2500);
`;
/** Loopback, where nobody listens. */
const NOBODY = 'http://127.0.0.1:9';

it('loads nothing and sends nothing where no variable names a collector', async () => {
  const loaded = `const { createRequire } = await import('node:module');
    const sdk = Object.keys(createRequire('/').cache).filter((file) => file.includes('sdk-node'));`;
  const { out } = await run(
    `${EMIT}\n await sent.stop(); ${loaded} console.log(sent.on, told.length, sdk.length);`,
    {},
  );
  expect(out).toBe('false 0 0\n');
  const on = await run(`${EMIT}\n ${loaded} console.log(sdk.length > 0); process.exit();`, { OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY }); // prettier-ignore
  expect(on.out).toBe('true\n');
});

it('ends within seconds when the collector is away, with one warning', async () => {
  // The exporters themselves try for some ten seconds.
  const stopped = 'const began = performance.now(); await sent.stop(); const ms = performance.now() - began;';
  const { out } = await run(`${EMIT}\n ${stopped} console.log(ms < 8000, told.length, told[0]); process.exit();`, {
    OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_EXPORTER_OTLP_TIMEOUT: '400',
  });
  expect(out).toMatch(new RegExp(`^true 1 Telemetry could not be sent to ${NOBODY}: is a collector there\\?`));
});

it.each([
  ['does not answer', undefined],
  ['is overloaded', 503],
])('says so once when it gives up a collector that %s', async (_, status) => {
  const collector = createHttpServer((request, answer) => {
    request.resume();
    if (status !== undefined) answer.writeHead(status).end();
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  try {
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const stopped = 'const began = performance.now(); await sent.stop(); const ms = performance.now() - began;';
    const { out } = await run(`${EMIT}\n ${stopped} console.log(ms < 6000, told.length, told[0]); process.exit();`, {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    });
    expect(out).toContain(`true 1 Telemetry could not be sent to ${endpoint}`);
  } finally {
    collector.close();
    collector.closeAllConnections();
  }
});

it('runs on where the port of its metrics is taken, with one warning', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, resolve));
  try {
    const { port } = taken.address() as AddressInfo;
    const pause = 'await new Promise((resolve) => setTimeout(resolve, 300));';
    const { out } = await run(
      `${EMIT}\n ${pause} await sent.stop(); console.log(sent.on, told.length, told[0]); process.exit();`,
      { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
    );
    expect(out).toContain(`true 1 Metrics cannot be read here: port ${port} is taken.`);
  } finally {
    taken.close();
  }
});

it.skipIf(findCollector() === undefined)(
  'sends spans and metrics with the name of the service (skipped without a collector)',
  async () => {
    // prettier-ignore
    const collector = (await startCollector(scratchDir()))!;
    try {
      await run(`${EMIT}\n await sent.stop();`, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
      const spans = await collector.traces();
      expect(spans).toHaveLength(600);
      const frames = spans.map(({ attributes }) => Number(attributes['kinemacolor.frame.index']));
      expect(frames.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 600 }, (_, index) => index));
      expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['tried']));
      expect(spans[7]!.resource).toMatchObject({ 'service.namespace': 'kinemacolor' });
      expect(Object.keys(spans[7]!.resource).filter((key) => key.startsWith('process.'))).toEqual([]);
      const [whole] = (await collector.metrics()).filter(({ name }) => name === 'kinemacolor.frame.duration');
      expect(whole).toMatchObject({ kind: 'histogram', unit: 's', value: 0.25, count: 1 });
    } finally {
      await collector.stop();
    }
  },
);

it.skipIf(findCollector() === undefined)(
  'counts the spans that could not be sent (skipped without a collector)',
  async () => {
    // prettier-ignore
    const collector = (await startCollector(path.join(scratchDir(), 'metrics-only')))!;
    try {
      // The last metrics, which are sent by the stop, shall tell of spans that were given up.
      await run(`${EMIT}\n ${UNTIL_TOLD}\n await sent.stop();`, {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${NOBODY}/v1/traces`,
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.endpoint}/v1/metrics`,
        OTEL_BSP_SCHEDULE_DELAY: '50',
        OTEL_BSP_EXPORT_TIMEOUT: '500',
        OTEL_EXPORTER_OTLP_TIMEOUT: '400',
        OTEL_METRIC_EXPORT_INTERVAL: '500',
      });
      const lost = (await collector.metrics()).filter(
        ({ name, attributes }) =>
          name === 'otel.sdk.processor.span.processed' && attributes['error.type'] !== undefined,
      );
      expect(Math.max(...lost.map(({ value }) => value))).toBeGreaterThanOrEqual(512);
    } finally {
      await collector.stop();
    }
  },
);
