import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { SPANS } from '@kinemacolor/telemetry';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { findTool } from './find-tool.mjs';
import { ourSeries, resultLabels, shownLabels, unknownNames } from './prometheus-names.mjs';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const read = (name) => readFile(at(name), 'utf8');
const promtool = findTool('promtool');
const collector = findTool('kinemacolor-collector');
const run = promisify(execFile);

let alerts;
let dashboards;
beforeAll(async () => {
  alerts = parse(await read('rules/kinemacolor.yaml')).groups.flatMap(({ rules }) => rules);
  const names = await readdir(at('grafana/dashboards'));
  dashboards = await Promise.all(
    names.map(async (name) => ({ name, board: JSON.parse(await read(`grafana/dashboards/${name}`)) })),
  );
});

describe('the alerts', () => {
  it('say how bad it is, what it is, and where it stands what to do', () => {
    expect(alerts.length).toBeGreaterThan(10);
    for (const { alert, labels, annotations } of alerts) {
      expect(alert).toMatch(/^Kinemacolor[A-Z]\w+$/);
      expect(['critical', 'warning', 'info'], alert).toContain(labels.severity);
      expect(annotations, alert).toEqual({
        summary: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S/),
        runbook_url: `deploy/operating.md#${alert.toLowerCase()}`,
      });
    }
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });

  it('ask only for metrics and labels that the services send, and show only labels that they have', () => {
    for (const { alert, expr, annotations } of alerts) {
      expect(unknownNames(expr), alert).toEqual([]);
      const labels = resultLabels(expr);
      for (const label of shownLabels(annotations.description)) expect(labels, alert).toContain(label);
    }
  });

  it('have a case each in which they fire', async () => {
    const { tests } = parse(await read('rule-tests/kinemacolor.yaml'));
    const fired = tests.flatMap(({ promql_expr_test: cases }) =>
      cases.flatMap(({ expr, exp_samples: samples = [] }) =>
        samples.length > 0 ? /alertname="(\w+)"/.exec(expr)[1] : [],
      ),
    );
    expect([...new Set(fired)].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    // While nothing is wrong none of them does, and there all of what they ask for is there.
    const [{ promql_expr_test: quiet, input_series: series }] = tests;
    expect(quiet).toEqual([{ expr: 'ALERTS{alertstate="firing"}', eval_time: '115m' }]);
    const present = series.map(({ series: name }) => name.replace(/\{.*/, ''));
    const asked = [...ourSeries().keys()].filter((name) => alerts.some(({ expr }) => expr.includes(`${name}`)));
    for (const name of asked) expect(present).toContain(name);
  });

  it.skipIf(promtool === undefined)('fire and keep quiet as they should (needs promtool)', async () => {
    await run(promtool, ['check', 'rules', '--lint-fatal', at('rules/kinemacolor.yaml')]);
    await run(promtool, ['test', 'rules', at('rule-tests/kinemacolor.yaml')]);
  });
});

describe('a metric that was renamed', () => {
  it.each([
    ['rate(kinemacolor_frames_in_total[5m])', []],
    ['rate(kinemacolor_frames_inn_total[5m])', ['no series kinemacolor_frames_inn_total']],
    [
      'kinemacolor_queue_depth{kinemacolor_stage="luma"} > 0',
      ['no label kinemacolor_stage of kinemacolor_queue_depth'],
    ],
    [
      'sum by (colour) (kinemacolor_queue_depth)',
      ['no label colour of any series of: sum by (colour) (kinemacolor_queue_depth)'],
    ],
    ['label_values(kinemacolor_frame_stage_duration_seconds_count, kinemacolor_stage)', []],
    ['label_values(kinemacolor_batch_size_count, kinemacolor_stage)', [expect.stringContaining('kinemacolor_stage')]],
  ])('is found: %s', (query, problems) => {
    expect(unknownNames(query)).toEqual(problems);
  });
});

describe('the dashboards', () => {
  it('ask only for metrics and labels that the services send', () => {
    expect(dashboards.map(({ name }) => name).sort()).toEqual([
      'colorizers.json',
      'latency.json',
      'overview.json',
      'quality.json',
    ]);
    for (const { name, board } of dashboards) {
      for (const { title, targets } of board.panels) {
        expect(targets.length, title).toBeGreaterThan(0);
        for (const { expr, legendFormat, operation } of targets) {
          if (operation !== undefined) {
            expect(Object.values(SPANS), `${name}, ${title}`).toContain(operation);
            continue;
          }
          expect(unknownNames(expr), `${name}, ${title}`).toEqual([]);
          const labels = resultLabels(expr);
          for (const label of shownLabels(legendFormat)) expect(labels, `${name}, ${title}`).toContain(label);
        }
      }
      for (const { query } of board.templating.list) expect(unknownNames(query.query), name).toEqual([]);
    }
  });

  it('show every metric that the services send somewhere', () => {
    const asked = dashboards.flatMap(({ board }) =>
      board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    );
    const shown = [...asked, ...alerts.map(({ expr }) => expr)].join('\n');
    const bases = new Set([...ourSeries().keys()].map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    for (const base of bases) expect(shown).toContain(base);
  });

  it('have panels that do not lie on each other, and sources that are provisioned', async () => {
    const { datasources } = parse(await read('grafana/provisioning/datasources/datasources.yaml'));
    const uids = datasources.map(({ uid }) => uid);
    for (const { name, board } of dashboards) {
      const taken = new Set();
      for (const { id, gridPos, datasource, targets } of board.panels) {
        for (const source of [datasource, ...targets.map((target) => target.datasource)])
          expect(uids).toContain(source.uid);
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(taken.has(`${x} ${y}`), `${name}, panel ${id}`).toBe(false);
            taken.add(`${x} ${y}`);
          }
        }
      }
    }
    expect(new Set(dashboards.map(({ board }) => board.uid)).size).toBe(dashboards.length);
  });

  it.skipIf(promtool === undefined)('have queries that Prometheus can read (needs promtool)', async () => {
    for (const { board } of dashboards) {
      for (const { expr } of board.panels.flatMap(({ targets }) => targets)) {
        if (expr === undefined) continue;
        const query = expr.replaceAll('$__rate_interval', '4m').replaceAll('$stage', 'x').replaceAll('$model', 'x');
        await run(promtool, ['--experimental', 'promql', 'format', query]);
      }
    }
  });
});

describe('the configurations', () => {
  it.skipIf(promtool === undefined)('Prometheus takes its own, with the rules (needs promtool)', async () => {
    const { stdout } = await run(promtool, ['check', 'config', at('prometheus.yaml')]);
    expect(stdout).toContain('1 rule files found');
  });

  it.skipIf(collector === undefined)('the collector takes its own (needs the one that the set-up builds)', async () => {
    await run(collector, ['validate', '--config', at('collector.yaml')]);
    const spoilt = run(collector, ['validate', '--config', at('collector.yaml'), '--config', at('prometheus.yaml')]);
    await expect(spoilt).rejects.toThrow();
  });
});
