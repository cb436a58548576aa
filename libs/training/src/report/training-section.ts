import { renderChart, type Axis, type Chart, type Curve } from './chart.js';
import { formatCount, formatSeconds } from './format-number.js';
import { markup, type Markup } from './markup.js';
import type { RunLog } from './read-log.js';
import type { Point } from './thin-series.js';

/** `discriminatorA`, `D_A`, `dB`, `critic`: losses of networks that judge. */
const DISCRIMINATOR = /^(?:discriminator|disc|critic)|^d(?=[A-Z_.\d-]|$)|^D(?=[A-Z_.\d-]|$)/;

/** Losses by network, learning rates and throughput. */
export function trainingCharts({ steps }: RunLog, axis: Axis): Markup {
  if (steps.length === 0) return markup`<p class="soft">No steps yet.</p>`;
  const losses = curvesOf(steps, 'loss/');
  const charts: Chart[] = [
    { title: 'Generator losses', curves: losses.filter(({ name }) => !DISCRIMINATOR.test(name)), log: true },
    { title: 'Discriminator losses', curves: losses.filter(({ name }) => DISCRIMINATOR.test(name)), log: true },
    { title: 'Learning rates', curves: curvesOf(steps, 'rate/') },
    {
      title: 'Pictures a second',
      curves: [{ name: 'pictures a second', values: steps.map(({ values }) => values.get('speed')) }],
    },
  ];
  return markup`<div class="charts">${charts.filter(({ curves }) => curves.length > 0).map((chart) => renderChart(chart, axis))}</div>`;
}

/** What each stage did, in a row. */
export function stagesTable({ stages, steps }: RunLog): Markup {
  if (stages.length === 0) return markup``;
  const phases = [...new Set(stages.flatMap((stage) => stage.phases.map(({ phase }) => phase)))];
  return markup`<div class="wide"><table>
<tr><th>stage</th><th>size</th><th>epochs</th><th>steps</th><th>time</th><th>pictures a second</th></tr>
${stages.map(
  ({ stage, size, firstEpoch, lastEpoch, firstStep, lastStep, seconds }) =>
    markup`<tr><td>${stage + 1}</td><td>${size} px</td><td>${firstEpoch + 1}–${lastEpoch + 1}</td>
<td>${formatCount(firstStep)}–${formatCount(lastStep)}</td><td>${formatSeconds(seconds)}</td><td>${meanSpeed(steps, stage)}</td></tr>`,
)}
</table></div>
<p class="soft">In the charts the stages are shaded in turn${phases.length > 1 ? `; dotted lines show where a phase begins (${phases.join(', ')})` : ''}.</p>`;
}

/** The curves whose names begin so, in the order in which they first come. */
function curvesOf(points: readonly Point[], prefix: string): Curve[] {
  const keys = new Set(points.flatMap(({ values }) => [...values.keys()]).filter((key) => key.startsWith(prefix)));
  return [...keys].map((key) => ({
    name: key.slice(prefix.length),
    values: points.map(({ values }) => values.get(key)),
  }));
}

function meanSpeed(points: readonly Point[], stage: number): string {
  const speeds = points.flatMap(({ where, values }) => (where.stage === stage ? (values.get('speed') ?? []) : []));
  return speeds.length === 0 ? '–' : (speeds.reduce((sum, value) => sum + value, 0) / speeds.length).toFixed(1);
}
