import { renderChart, type Axis } from './chart.js';
import { markup, type Markup } from './markup.js';
import { metricNames, type MetricName } from './metric-names.js';
import { placeOf } from './place.js';
import type { RunLog } from './read-log.js';

type Numbers = Readonly<Record<string, number | null>>;

/** Best and last metrics beside the baselines. */
export function metricsTable({ bestValidation, lastValidation }: RunLog): Markup {
  if (lastValidation === undefined) return markup`<p class="soft">No validation yet.</p>`;
  const baselines = Object.entries(lastValidation.baselines).reverse();
  const measured = [bestValidation?.metrics ?? {}, lastValidation.metrics, ...baselines.map(([, metrics]) => metrics)];
  const names = metricNames(new Set(measured.flatMap(Object.keys)));
  const tone = lastValidation.baselines['tone'];
  return markup`<div class="wide"><table>
<tr><th></th>${names.map(({ title, better }) => markup`<th>${title} ${better}</th>`)}<th>score ↑</th></tr>
${bestValidation && row(`best (${placeOf(bestValidation)})`, bestValidation.metrics, names, bestValidation.score)}
${row(`last (${placeOf(lastValidation)})`, lastValidation.metrics, names, lastValidation.score)}
${baselines.map(([name, metrics]) => row(`baseline: ${name}`, metrics, names))}
${bestValidation && tone && row('best − tone', difference(bestValidation.metrics, tone), names)}
</table></div>`;
}

/** A chart for each metric, with the baselines as dashed lines. */
export function metricCharts({ validations, lastValidation }: RunLog, axis: Axis): Markup {
  if (lastValidation === undefined) return markup``;
  const keys = new Set(validations.flatMap(({ values }) => [...values.keys()]));
  keys.delete('score');
  const charts = [...metricNames(keys), { key: 'score', title: 'score (chooses the best)', better: '↑' }];
  return markup`<div class="charts">${charts.map(({ key, title, better }) =>
    renderChart(
      {
        title: `${title} ${better}`,
        curves: [{ name: 'model', values: validations.map(({ values }) => values.get(key)) }],
        dashed: Object.entries(lastValidation.baselines).flatMap(([name, metrics]) => {
          const value = metrics[key];
          return typeof value === 'number' ? [{ name, value }] : [];
        }),
      },
      axis,
    ),
  )}</div>`;
}

function row(name: string, metrics: Numbers, names: readonly MetricName[], score?: number | null): Markup {
  const cells = names.map(({ key, digits }) => cell(metrics[key], digits));
  return markup`<tr><td>${name}</td>${[...cells, cell(score, 3)].map((text) => markup`<td>${text}</td>`)}</tr>`;
}

const cell = (value: number | null | undefined, digits: number): string =>
  typeof value === 'number' ? value.toFixed(digits) : '–';

function difference(metrics: Numbers, tone: Numbers): Numbers {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([key, value]) => {
      const base = tone[key];
      return typeof value === 'number' && typeof base === 'number' ? [[key, value - base] as const] : [];
    }),
  );
}
