import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import {
  ATTRIBUTES,
  count,
  emitSpan,
  measure,
  METRICS,
  nowUs,
  SPANS,
  startTelemetry,
  watchGauge,
} from '@kinemacolor/telemetry';
import { startServer } from '@kinemacolor/telemetry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ourSeries } from './prometheus-names.mjs';
import { findTool } from './find-tool.mjs';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const programs = {
  collector: findTool('kinemacolor-collector'),
  prometheus: findTool('prometheus'),
  jaeger: findTool('kinemacolor-jaeger'),
};
const missing = Object.entries(programs).flatMap(([name, path]) => (path === undefined ? [name] : []));

/** A value for each attribute. */
const FACTS = { stage: 'infer', queue: 'luma', state: 'running', code: 13, model: 'fast', modelVersion: '1' };

describe.skipIf(missing.length > 0)(
  `what a service sends, through the collector as it is deployed (needs ${missing.join(', ') || 'what the set-up builds'})`,
  { timeout: 180_000 },
  () => {
    let folder;
    let prometheus;
    let jaeger;
    let spans;
    const running = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kinemacolor-receivers-'));
      const start = async (...args) => {
        const server = await startServer(...args);
        running.push(server);
        return server.ready;
      };
      prometheus = await start(programs.prometheus, {
        args: [
          `--config.file=${at('prometheus.yaml')}`,
          `--storage.tsdb.path=${join(folder, 'prometheus')}`,
          '--web.listen-address=127.0.0.1:0',
          '--web.enable-otlp-receiver',
        ],
        announced: (words) =>
          words.includes('Server is ready')
            ? /"Listening on" .*address=(127\.0\.0\.1:\d+)/.exec(words)?.[1]
            : undefined,
      });
      jaeger = await start(programs.jaeger, {
        args: [
          ...['admin.http', 'collector.grpc-server', 'collector.http-server', 'collector.otlp.grpc'],
          ...['collector.otlp.http', 'query.grpc-server'],
        ]
          .map((what) => `--${what}.host-port=127.0.0.1:0`)
          // It refuses the same port for both of its query servers, even if that is none.
          .concat('--query.http-server.host-port=127.0.0.1:00'),
        env: { OTEL_TRACES_SAMPLER: 'always_off' },
        announced: (words) => {
          const otlp = /"Starting GRPC server","endpoint":"([\d.:]+)"/.exec(words)?.[1];
          const query = /"Query server started","http_addr":"([\d.:]+)"/.exec(words)?.[1];
          return otlp === undefined || query === undefined ? undefined : { otlp, query };
        },
      });
      const ports = join(folder, 'ports.json');
      const anyPort = { endpoint: '127.0.0.1:0' };
      await writeFile(
        ports,
        JSON.stringify({
          receivers: { otlp: { protocols: { grpc: anyPort, http: anyPort } } },
          service: { telemetry: { metrics: { level: 'none', readers: [] } } },
        }),
      );
      const endpoint = await start(programs.collector, {
        args: ['--config', at('collector.yaml'), '--config', ports],
        env: { JAEGER_OTLP_ENDPOINT: jaeger.otlp, PROMETHEUS_OTLP_ENDPOINT: `http://${prometheus}/api/v1/otlp` },
        announced: (words) =>
          words.includes('Everything is ready')
            ? /Starting HTTP server.*"endpoint": "([\d.:]+)"/.exec(words)?.[1]
            : undefined,
      });
      spans = await sendEverything(`http://${endpoint}`, jaeger.query);
    }, 180_000);

    afterAll(async () => {
      await Promise.all(running.map((server) => server.stop()));
      await rm(folder, { recursive: true });
    });

    it('becomes the series that rules and dashboards ask for, each with its labels', async () => {
      const query = new URLSearchParams([['match[]', '{job="kinemacolor/gateway"}']]);
      const expected = ourSeries();
      const found = await until(async () => {
        const { data } = await ask(`http://${prometheus}/api/v1/series?${query}`);
        return new Set(data.map(({ __name__ }) => __name__)).size >= expected.size ? data : undefined;
      });
      const labels = new Map(found.map(({ __name__, ...rest }) => [__name__, Object.keys(rest).sort()]));
      for (const [name, allowed] of expected) expect([name, labels.get(name)]).toEqual([name, [...allowed].sort()]);
      for (const name of labels.keys())
        if (name.startsWith('kinemacolor_')) expect([...expected.keys()]).toContain(name);
      // What the rules ask for beside our own.
      expect(labels.get('target_info')).toEqual(expect.arrayContaining(['instance', 'job']));
      expect([...labels.keys()]).toContain('otel_sdk_processor_span_processed_total');
    });

    it('becomes a trace in Jaeger, with its parts where they belong', async () => {
      const { job, frame, batch } = spans;
      const trace = await until(async () => {
        const { data } = await ask(`http://${jaeger.query}/api/traces/${job.traceId}`);
        return data?.[0]?.spans.length === 2 ? data[0] : undefined;
      });
      const byName = Object.fromEntries(trace.spans.map((span) => [span.operationName, span]));
      const { [SPANS.job]: root, [SPANS.frame]: child } = byName;
      expect(root).toMatchObject({ spanID: job.spanId, references: [], duration: 2_000_000 });
      expect(child).toMatchObject({ spanID: frame.spanId, duration: 1_000_000 });
      expect(child.references).toMatchObject([{ refType: 'CHILD_OF', spanID: job.spanId }]);
      expect(child.tags).toContainEqual({ key: ATTRIBUTES.frame, type: 'int64', value: 7 });
      expect(trace.processes[root.processID].serviceName).toBe('gateway');
      const { data: services } = await ask(`http://${jaeger.query}/api/services`);
      expect(services).toContain('gateway');
      // The batch is a trace of its own; it links the frame that it carried.
      const other = await until(
        async () => (await ask(`http://${jaeger.query}/api/traces/${batch.traceId}`)).data?.[0],
      );
      expect(other.spans[0].references).toMatchObject([{ traceID: frame.traceId, spanID: frame.spanId }]);
    });

    it('is judged by every rule', async () => {
      const rules = await until(async () => {
        const { data } = await ask(`http://${prometheus}/api/v1/rules`);
        const all = data.groups.flatMap((group) => group.rules);
        return all.every(({ health }) => health !== 'unknown') ? all : undefined;
      });
      expect(rules.length).toBeGreaterThan(10);
      expect(rules.map(({ name, health }) => [name, health])).toEqual(rules.map(({ name }) => [name, 'ok']));
    });
  },
);

/** Sends each metric once, and three spans, as a service would. */
async function sendEverything(endpoint, jaeger) {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '50' };
  const problems = [];
  const telemetry = await startTelemetry({ service: 'gateway', onProblem: (message) => problems.push(message), env });
  for (const metric of Object.values(METRICS)) {
    const facts = Object.fromEntries(metric.attributes.map((key) => [key, FACTS[key]]));
    if (metric.kind === 'counter') count(metric, 1, facts);
    if (metric.kind === 'histogram') measure(metric, 1, facts);
    if (metric.kind === 'gauge') watchGauge(metric, (observe) => observe(1, facts));
  }
  const startUs = nowUs() - 2e6;
  const job = emitSpan(SPANS.job, { startUs, endUs: startUs + 2e6 });
  const frame = emitSpan(SPANS.frame, { startUs, endUs: startUs + 1e6, parent: job, facts: { frame: 7 } });
  const batch = emitSpan(SPANS.batch, { startUs, endUs: startUs + 1e6, links: [frame] });
  // The last metrics, which are sent by the stop, shall tell of spans that were sent.
  await until(async () => (await ask(`http://${jaeger}/api/traces/${batch.traceId}`)).data?.[0]);
  await telemetry.stop();
  expect(problems).toEqual([]);
  return { job, frame, batch };
}

async function ask(url) {
  return (await fetch(url)).json();
}

/** What it gives as soon as it gives anything; the test's own time is the limit. */
async function until(look) {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await pause(200);
  }
}
