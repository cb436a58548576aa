import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';
import { findCollector, startCollector, type Collector } from './collector.js';

/** What an exporter sends over HTTP, in JSON. */
async function send(collector: Collector, signal: 'traces' | 'metrics' | 'logs', request: object): Promise<void> {
  const answer = await fetch(`${collector.endpoint}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const resource = { attributes: [text('service.name', 'decoder'), text('service.namespace', 'kinemacolor')] };
const TRACE = '5b8efff798038103d269b633813fc60c';
const [PARENT, SPAN, OTHER] = ['eee19b7ec3c1b174', 'eee19b7ec3c1b173', 'eee19b7ec3c1b175'];

const hasCollector = findCollector() !== undefined;

describe.skipIf(!hasCollector)('a collector (needs the one that the set-up builds with Go)', () => {
  it('tells the spans that it was sent, to the nanosecond', async () => {
    const collector = (await startCollector(scratchDir()))!;
    try {
      expect(await collector.traces()).toEqual([]);
      const span = {
        traceId: TRACE,
        spanId: SPAN,
        parentSpanId: PARENT,
        name: 'kinemacolor.frame',
        kind: 1,
        startTimeUnixNano: '1544712660000000001',
        endTimeUnixNano: '1544712661000000002',
        attributes: [
          text('kinemacolor.job.id', 'a'),
          { key: 'kinemacolor.frame.index', value: { intValue: '7' } },
          { key: 'kinemacolor.frame.held', value: { boolValue: true } },
          { key: 'share', value: { doubleValue: 0.5 } },
          { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'x' }] } } },
        ],
        events: [{ name: 'taken', timeUnixNano: '1544712660000000009' }],
        links: [{ traceId: TRACE, spanId: OTHER }],
        status: { code: 2 },
      };
      await send(collector, 'traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
      expect(await collector.traces()).toEqual([
        {
          service: 'decoder',
          resource: { 'service.name': 'decoder', 'service.namespace': 'kinemacolor' },
          name: 'kinemacolor.frame',
          traceId: TRACE,
          spanId: SPAN,
          parentSpanId: PARENT,
          kind: 1,
          startNs: 1544712660000000001n,
          endNs: 1544712661000000002n,
          attributes: {
            'kinemacolor.job.id': 'a',
            'kinemacolor.frame.index': 7,
            'kinemacolor.frame.held': true,
            share: 0.5,
            list: [1, 'x'],
          },
          events: [{ name: 'taken', timeNs: 1544712660000000009n, attributes: {} }],
          links: [{ traceId: TRACE, spanId: OTHER, attributes: {} }],
          status: 2,
        },
      ]);
    } finally {
      await collector.stop();
    }
    // What it has received outlives it.
    expect(await collector.traces()).toHaveLength(1);
  });

  it('tells points of metrics and lines of the log', async () => {
    const collector = (await startCollector(scratchDir()))!;
    const timeUnixNano = '1544712660000000000';
    const attributes = [text('kinemacolor.stage', 'infer')];
    const metrics = [
      { name: 'count', unit: '{frame}', sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ attributes, timeUnixNano, asInt: '3' }] } }, // prettier-ignore
      { name: 'depth', gauge: { dataPoints: [{ attributes, timeUnixNano, asDouble: 1.5 }] } },
      {
        name: 'time',
        unit: 's',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [
            {
              attributes,
              timeUnixNano,
              count: '3',
              sum: 4.5,
              bucketCounts: ['1', '2'],
              explicitBounds: [1],
              exemplars: [{ timeUnixNano, asDouble: 2, traceId: TRACE, spanId: SPAN }],
            },
          ],
        },
      },
    ];
    const logRecords = [{ timeUnixNano, severityText: 'INFO', body: { stringValue: 'done' }, attributes, traceId: TRACE, spanId: SPAN }]; // prettier-ignore
    try {
      await send(collector, 'metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] });
      await send(collector, 'logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
      const common = { service: 'decoder', attributes: { 'kinemacolor.stage': 'infer' } };
      expect(await collector.metrics()).toMatchObject([
        { ...common, name: 'count', unit: '{frame}', kind: 'sum', value: 3, count: undefined },
        { ...common, name: 'depth', kind: 'gauge', value: 1.5 },
        {
          ...common,
          name: 'time',
          kind: 'histogram',
          count: 3,
          value: 4.5,
          bucketCounts: [1, 2],
          bounds: [1],
          exemplars: [{ traceId: TRACE, spanId: SPAN, value: 2 }],
        },
      ]);
      expect(await collector.logs()).toMatchObject([
        { ...common, severity: 'INFO', body: 'done', traceId: TRACE, spanId: SPAN, timeNs: 1544712660000000000n },
      ]);
    } finally {
      await collector.stop();
    }
  });

  it('does not outlive a process that is killed', async () => {
    const holder = fork(new URL('../../dist/testing/collector-holder.js', import.meta.url), [scratchDir()], { execArgv: [] }); // prettier-ignore
    const [pid] = (await once(holder, 'message')) as [number];
    expect(await commandOf(pid)).toContain('kinemacolor-collector');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    while ((await commandOf(pid)).includes('kinemacolor-collector')) await pause(20);
  });
});

/** Empty when there is no such process, or it waits for nobody but its parent to take note of its end. */
const commandOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
