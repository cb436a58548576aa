import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { openClient } from '@kinemacolor/client';
import { ATTRIBUTES, METRICS, SPANS, STAGES, type LatencySummary } from '@kinemacolor/telemetry';
import { findCollector, startCollector, type Collector, type ReceivedSpan } from '@kinemacolor/telemetry/testing';
import { makeClip, scratchDir } from '@kinemacolor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCli, tinyModel } from '../run-cli.js';

const FRAMES = 130;
const OTHER_TRACE = '0af7651916cd43dd8448eb211c80319c';
const OTHER_SPAN = 'b7ad6b7169203331';

interface Told {
  readonly collector: Collector;
  readonly job: string;
  readonly latency: string;
  readonly spans: readonly ReceivedSpan[];
}

/** What a person does: `serve --trace` in one terminal, `submit` and `latency` in another, and Ctrl-C at the end. */
async function serveAndSubmit(folder: string): Promise<Told> {
  const collector = await startCollector(path.join(folder, 'collector'));
  if (collector === undefined) throw new Error('The collector is gone.');
  const clip = await makeClip({ folder, name: 'film.mkv', frames: FRAMES, width: 128, height: 96 });
  const env = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    KINEMACOLOR_LOG_LEVEL: 'info',
    KINEMACOLOR_MODEL: await tinyModel(folder),
    KINEMACOLOR_FILE_BYTES: String(2 ** 29),
    KINEMACOLOR_MEMORY_BYTES: String(2 ** 27),
  };
  const serve = startCli(['serve', '--trace', '--listen', '127.0.0.1:0', '--data', path.join(folder, 'data')], undefined, env); // prettier-ignore
  try {
    const address = await readyAt(serve.child.stderr!);
    const submitted = await runCli(['submit', clip, '-o', path.join(folder, 'out.mkv'), '--server', address, '--json']);
    expect(submitted.code).toBe(0);
    const { id: job } = JSON.parse(submitted.stdout.toString()) as { id: string };
    const latency = await runCli(['latency', job, '--server', address]);
    expect(latency.code).toBe(0);
    const client = openClient({ address });
    const { id } = await client.jobs.create({}, { traceparent: `00-${OTHER_TRACE}-${OTHER_SPAN}-01` });
    await client.jobs.cancel(id);
    client.close();
    serve.child.kill('SIGINT');
    expect((await serve.ended).code).toBe(0);
    return { collector, job, latency: latency.stdout.toString(), spans: await collector.traces() };
  } finally {
    serve.child.kill('SIGINT');
    await collector.stop();
  }
}

function readyAt(stderr: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let words = '';
    stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString();
      const address = /ready at ([^,\s]+),/.exec(words)?.[1];
      if (address !== undefined) resolve(address);
    });
    stderr.once('close', () => {
      reject(new Error(`It was never ready: ${words}`));
    });
  });
}

const seconds = ({ startNs, endNs }: ReceivedSpan): number => Number(endNs - startNs) / 1e9;

describe.skipIf(findCollector() === undefined)('serve --trace, before a real collector (skipped without one)', () => {
  let told: Told;
  beforeAll(async () => {
    told = await serveAndSubmit(scratchDir());
  }, 180_000);

  it('shows every frame in the trace of its job, stage by stage, by the process that had it', () => {
    const { spans, job } = told;
    const own = spans.find(({ name, attributes }) => name === SPANS.job && attributes[ATTRIBUTES.job] === job)!;
    expect(own.service).toBe('encoder');
    const call = spans.find(({ spanId }) => spanId === own.parentSpanId)!;
    expect(call).toMatchObject({ service: 'gateway', traceId: own.traceId });
    expect(call.name).toMatch(/CreateJob$/);
    const frames = spans.filter(({ name }) => name === SPANS.frame);
    expect(
      frames.map(({ attributes }) => attributes[ATTRIBUTES.frame]).toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual(Array.from({ length: FRAMES }, (_, index) => index));
    const services = new Map<string, Set<string>>();
    for (const frame of frames) {
      expect(frame).toMatchObject({ traceId: own.traceId, parentSpanId: own.spanId });
      const parts = spans.filter(({ parentSpanId }) => parentSpanId === frame.spanId);
      for (const { name, service, traceId } of parts) {
        expect(traceId).toBe(own.traceId);
        services.set(name, (services.get(name) ?? new Set()).add(service));
      }
      const sum = parts.reduce((all, part) => all + seconds(part), 0);
      expect(Math.abs(sum / seconds(frame) - 1)).toBeLessThan(0.05);
    }
    const seen = (stages: readonly (typeof STAGES)[number][], service: string): void => {
      for (const stage of stages)
        expect([stage, ...(services.get(SPANS.stage(stage)) ?? [])]).toEqual([stage, service]);
    };
    seen(['decode', 'window'], 'decoder');
    seen(['queue', 'infer'], 'colorizer');
    seen(['deliver', 'merge', 'encode', 'keep'], 'encoder');
  });

  it('links each batch with the frames that it carried, both ways', () => {
    const { spans } = told;
    const batches = spans.filter(({ name }) => name === SPANS.batch);
    const frames = new Set(spans.filter(({ name }) => name === SPANS.frame).map(({ spanId }) => spanId));
    const linked = batches.flatMap(({ links }) => links.map(({ spanId }) => spanId));
    expect(new Set(linked)).toEqual(frames);
    const infers = spans.filter(({ name }) => name === SPANS.stage('infer'));
    expect(new Set(infers.flatMap(({ links }) => links.map(({ spanId }) => spanId)))).toEqual(
      new Set(batches.map(({ spanId }) => spanId)),
    );
  });

  it('puts a job into the trace of its client', () => {
    const job = told.spans.find(({ name, traceId }) => name === SPANS.job && traceId === OTHER_TRACE)!;
    const call = told.spans.find(({ spanId }) => spanId === job.parentSpanId)!;
    expect(call).toMatchObject({ service: 'gateway', parentSpanId: OTHER_SPAN });
  });

  it('links the calls about a job with it', () => {
    const { spans, job } = told;
    const own = spans.find(({ name, attributes }) => name === SPANS.job && attributes[ATTRIBUTES.job] === job)!;
    for (const method of ['UploadSource', 'DownloadResult', 'GetJob']) {
      const call = spans.find(({ name }) => name === `kinemacolor.v1.ColorizationService/${method}`)!;
      expect(call).toMatchObject({ service: 'gateway', attributes: { [ATTRIBUTES.job]: job } });
      expect(call.traceId).not.toBe(own.traceId);
      expect(call.links).toEqual([expect.objectContaining({ traceId: own.traceId, spanId: own.spanId })]);
    }
    const made = spans.find(({ spanId }) => spanId === own.parentSpanId)!;
    expect(made).toMatchObject({ attributes: { [ATTRIBUTES.job]: job }, links: [] });
  });

  it('prints where the time went, and the stages come to the whole', () => {
    const { latency } = told;
    for (const stage of ['decode', 'infer', 'merge', 'encode', 'keep', 'whole']) {
      expect(latency).toMatch(new RegExp(`^${stage}( +\\d+\\.\\d){4}`, 'm'));
    }
    const share = Number(/the stages come to ([\d.]+) % of the whole/.exec(latency)![1]);
    expect(Math.abs(share - 100)).toBeLessThan(5);
    expect(latency).toContain(`${FRAMES} frames;`);
    expect(latency).toMatch(/^Bottleneck: the (decoder|colorizer|encoder);/m);
  });

  it('counts what it says it counts', async () => {
    const points = await told.collector.metrics();
    const total = (name: string, service: string): number =>
      Math.max(0, ...points.filter((point) => point.name === name && point.service === service).map((point) => point.count ?? point.value)); // prettier-ignore
    for (const service of ['decoder', 'colorizer', 'encoder']) {
      expect([service, total(METRICS.framesIn.name, service)]).toEqual([service, FRAMES]);
      expect([service, total(METRICS.framesOut.name, service)]).toEqual([service, FRAMES]);
    }
    expect(total(METRICS.frameWhole.name, 'encoder')).toBe(FRAMES);
    expect(total(METRICS.batchSize.name, 'colorizer')).toBeGreaterThan(0);
    expect(total(METRICS.shotColourfulness.name, 'encoder')).toBeGreaterThan(0);
    expect(total(METRICS.jobsEnded.name, 'encoder')).toBe(1);
    const queues = points.filter(({ name }) => name === METRICS.queueDepth.name);
    expect(new Set(queues.map(({ attributes }) => attributes[ATTRIBUTES.queue]))).toEqual(new Set(['luma', 'decode', 'encode'])); // prettier-ignore
    const known = new Map(Object.values(METRICS).map((metric) => [metric.name, metric]));
    for (const { name, unit, attributes } of points.filter((point) => point.name.startsWith('kinemacolor.'))) {
      expect(known.get(name)).toMatchObject({ unit });
      const allowed = known.get(name)!.attributes.map((attribute) => ATTRIBUTES[attribute] as string);
      expect(Object.keys(attributes).filter((key) => !allowed.includes(key))).toEqual([]);
    }
  });

  it('sends log lines with the ids of their trace and job', async () => {
    const logs = await told.collector.logs();
    const { traceId } = told.spans.find(({ name, attributes }) => name === SPANS.job && attributes[ATTRIBUTES.job] === told.job)!; // prettier-ignore
    for (const [service, body] of [
      ['decoder', 'decoding'],
      ['encoder', 'encoding'],
      ['encoder', 'encoded'],
    ]) {
      // prettier-ignore
      const line = logs.find((log) => log.service === service && log.body === body && log.attributes[ATTRIBUTES.job] === told.job); // prettier-ignore
      expect([service, body, line?.traceId]).toEqual([service, body, traceId]);
    }
  });
});

describe('serve, asked for its metrics by Prometheus', () => {
  it('has a port for each process, and runs on where one is taken', { timeout: 120_000 }, async () => {
    const folder = scratchDir();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, resolve));
    const { port } = taken.address() as AddressInfo;
    const env = {
      ...process.env,
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
      KINEMACOLOR_MODEL: await tinyModel(folder),
      KINEMACOLOR_FILE_BYTES: String(2 ** 29),
      KINEMACOLOR_MEMORY_BYTES: String(2 ** 27),
    };
    const serve = startCli(['serve', '--listen', '127.0.0.1:0', '--data', path.join(folder, 'data')], undefined, env);
    let words = '';
    serve.child.stderr!.on('data', (chunk: Buffer) => (words += chunk.toString()));
    try {
      await readyAt(serve.child.stderr!);
      for (const [i, service] of ['decoder', 'colorizer', 'encoder'].entries()) {
        const answer = await fetch(`http://127.0.0.1:${port + 1 + i}/metrics`);
        expect(await answer.text()).toContain(`service_name="${service}"`);
      }
      const warnings = words.split('\n').filter((line) => line.includes('Metrics cannot be read here'));
      expect(warnings).toEqual([expect.stringContaining(`port ${port} is taken`)]);
      expect(warnings[0]).toContain('"service":"gateway"');
    } finally {
      taken.close();
      serve.child.kill('SIGINT');
      expect((await serve.ended).code).toBe(0);
    }
  });
});

describe('colorize', { timeout: 60_000 }, () => {
  it('tells where the time of every frame went, in a table, in the summary and in a file for Perfetto', async () => {
    const folder = scratchDir();
    const clip = await makeClip({ folder, name: 'film.mkv', frames: 60, width: 128, height: 96 });
    const [out, file] = [path.join(folder, 'out.mkv'), path.join(folder, 'trace.json')];
    const run = await runCli(['colorize', clip, '-o', out, '--model', await tinyModel(folder), '--trace', '--trace-file', file, '--json']); // prettier-ignore
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/^infer( +\d+\.\d){4} +\d+\.\d %$/m);
    expect(run.stderr).toContain('60 frames;');
    const [result] = run.summary().results as readonly { latency?: LatencySummary }[];
    const { stages, whole, frames } = result!.latency!;
    expect(frames).toBe(60);
    expect(stages.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(whole.mean, 6);
    expect(stages.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['decode', 'infer', 'merge', 'encode']));
    const events = JSON.parse(await readFile(file, 'utf8')) as readonly { ph: string; name: string }[];
    const bars = (name: string, ph: string): number =>
      events.filter((event) => event.name === name && event.ph === ph).length;
    for (const stage of ['infer', 'merge', 'encode']) expect([bars(stage, 'b'), bars(stage, 'e')]).toEqual([60, 60]);
  });

  it('refuses a trace file that it cannot write, before any work', async () => {
    const folder = scratchDir();
    const clip = await makeClip({ folder, name: 'film.mkv' });
    const run = await runCli(['colorize', clip, '-o', path.join(folder, 'out.mkv'), '--trace-file', path.join(folder, 'none', 'trace.json')]); // prettier-ignore
    expect(run.code).toBe(6);
    expect(run.stderr).toMatch(/--trace-file/);
  });

  it.each([
    ['the source', 'film.mkv'],
    ['the result', 'out.mkv'],
  ])('refuses a trace file that is %s, and touches nothing', async (what, name) => {
    // prettier-ignore
    const folder = scratchDir();
    const clip = await makeClip({ folder, name: 'film.mkv' });
    const before = await readFile(clip);
    const run = await runCli(['colorize', clip, '-o', path.join(folder, 'out.mkv'), '--trace-file', path.join(folder, name)]); // prettier-ignore
    expect(run.stderr).toMatch(new RegExp(`would be both the trace and ${what}`));
    expect(run.code).toBe(2);
    expect((await readFile(clip)).equals(before)).toBe(true);
  });

  it('refuses telemetry on standard output when the film goes there', async () => {
    const folder = scratchDir();
    const clip = await makeClip({ folder, name: 'film.mkv' });
    const env = { ...process.env, OTEL_TRACES_EXPORTER: 'console' };
    const { child, ended } = startCli(['colorize', clip, '-o', '-', '--model', await tinyModel(folder)], undefined, env); // prettier-ignore
    let words = '';
    child.stderr!.on('data', (chunk: Buffer) => (words += chunk.toString()));
    expect((await ended).code).toBe(2);
    expect(words).toBe(
      'kinemacolor: OTEL_TRACES_EXPORTER=console writes to standard output, where the film goes. Unset it, or name a file instead of -.\n',
    );
  });

  it('does not wait for a collector that is away', async () => {
    const folder = scratchDir();
    const clip = await makeClip({ folder, name: 'film.mkv', frames: 30 });
    const args = ['colorize', clip, '-o', path.join(folder, 'out.mkv'), '--model', await tinyModel(folder)];
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', KINEMACOLOR_TRACE_FRAMES: '1' };
    const { child, ended } = startCli(args, undefined, env);
    let told = Number.POSITIVE_INFINITY;
    child.stderr!.on('data', (words: Buffer) => {
      if (words.includes('30 frames')) told = performance.now();
    });
    expect((await ended).code).toBe(0);
    // Three seconds by its promise; the exporters alone would try for ten.
    expect(performance.now() - told).toBeLessThan(9_500);
  });
});
