import { aboutSection, notesSection } from './about-section.js';
import { axisData, type Axis } from './chart.js';
import { formatCount, formatTime } from './format-number.js';
import { markup, Markup } from './markup.js';
import { metricCharts, metricsTable } from './metrics-section.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import type { RunLog } from './read-log.js';
import type { SamplePictures } from './sample-pictures.js';
import { samplesSection } from './samples-section.js';
import type { Point, Where } from './thin-series.js';
import { stagesTable, trainingCharts } from './training-section.js';

/** Nothing is fetched from anywhere, whatever the page holds. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** The whole report as one HTML page that needs nothing else. */
export function reportPage(log: RunLog, pictures: SamplePictures): string {
  const steps = axisOf('steps', log, log.steps);
  const validations = axisOf('validations', log, log.validations);
  const name = log.run?.name ?? 'a run';
  const state = log.end?.state ?? 'running';
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${name}: training report</title><style>${new Markup(PAGE_STYLE)}</style></head><body>
<h1>${name} <span class="state ${state}">${state}</span></h1>
<p>${whereNow(log)}${log.updated === undefined ? undefined : markup` Last entry: ${formatTime(log.updated)}<span data-updated="${log.updated}"></span>.`}
${state === 'running' ? markup` <label><input type="checkbox" id="again"> load again every 30 seconds</label>` : undefined}</p>
<h2>Metrics</h2>
${metricsTable(log)}
${axisData(
  steps,
  log.steps.map(({ where }) => describe(where)),
)}${axisData(
    validations,
    log.validations.map(({ where }) => describe(where)),
  )}
${metricCharts(log, validations)}
<h2>Training</h2>
${stagesTable(log)}
${trainingCharts(log, steps)}
<h2>Samples</h2>
${samplesSection(pictures)}
<h2>Notes</h2>
${notesSection(log)}
<h2>Environment and config</h2>
${aboutSection(log)}
<dialog aria-label="picture at full size"></dialog>
<script>${new Markup(PAGE_SCRIPT)}</script>
</body></html>
`.text;
}

function axisOf(id: string, { stages, steps, validations }: RunLog, points: readonly Point[]): Axis {
  const ends = [...steps, ...validations].map(({ where }) => where.step);
  const high = ends.reduce((most, step) => Math.max(most, step), 0);
  const first = stages[0]?.firstStep ?? 0;
  // A run of the later stages alone does not start at zero.
  const low = first > 0.2 * high && points.length > 1 ? first : 0;
  return {
    id,
    x: points.map(({ where }) => where.step),
    low,
    high,
    bands: stages.map(({ size, firstStep }, i) => ({
      from: i === 0 ? low : firstStep,
      to: stages[i + 1]?.firstStep ?? high,
      label: `${size} px`,
    })),
    marks: stages.flatMap(({ phases }) => phases.map(({ phase, step }) => ({ at: step, label: phase }))).slice(1),
  };
}

const describe = ({ stage, size, epoch, phase }: Where): string =>
  [`stage ${stage + 1}`, size !== undefined && `${size} px`, `epoch ${epoch + 1}`, phase]
    .filter((part) => typeof part === 'string')
    .join(' · ');

function whereNow({ steps }: RunLog): string {
  const last = steps.at(-1);
  if (last === undefined) return 'No step has been logged yet.';
  return `Step ${formatCount(last.where.step)}: ${describe(last.where)}.`;
}
