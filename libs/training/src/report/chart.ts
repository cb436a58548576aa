import { formatCount, formatNumber } from './format-number.js';
import { embedJson, markup, Markup } from './markup.js';
import { scaleFor, stepScale, type Scale } from './scale.js';

export interface Curve {
  readonly name: string;
  /** One for each x; `undefined` leaves a gap. */
  readonly values: readonly (number | undefined)[];
}

/** The part of the x axis that is one stage. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** What all charts over the same x share. */
export interface Axis {
  /** Name of the list of places that the hover shows; see `axisData`. */
  readonly id: string;
  /** Steps, rising. */
  readonly x: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly bands: readonly Band[];
  /** Upright lines, where a phase begins. */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
}

export interface Chart {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** Level dashed lines. */
  readonly dashed?: readonly { readonly name: string; readonly value: number }[];
  /** Whether a logarithmic scale may be chosen; one is where the values are far apart. */
  readonly log?: boolean;
}

/** Units of the drawing: it is stretched to the page, so only lines that keep their width may be in it. */
const WIDTH = 1000;
const HEIGHT = 300;
/** Colours in the style sheet. */
const COLOURS = 8;

/** The places of an axis' points, for the hover; once a page for each axis. @param places one for each x */
export function axisData({ id, x }: Axis, places: readonly string[]): Markup {
  return markup`<div class="axis" data-axis="${id}" hidden>${embedJson({ x, places })}</div>`;
}

/** A chart as HTML around an SVG; readable without the script, which adds the hover. */
export function renderChart({ title, curves, dashed = [], log = false }: Chart, axis: Axis): Markup {
  const values = curves.flatMap((curve) => curve.values.filter((value) => value !== undefined));
  const y = scaleFor([...values, ...dashed.map(({ value }) => value)], { log });
  const x = stepScale(axis.low, axis.high);
  const data = { axis: axis.id, low: axis.low, high: axis.high, curves: curves.map(forHover), dashed };
  return markup`<figure class="chart">
<figcaption>${title}${y.log ? markup` <small>logarithmic scale</small>` : undefined}</figcaption>
<div class="area">
${y.ticks.map((tick) => markup`<span class="y" style="bottom:${percent(y.at(tick))}">${formatNumber(tick)}</span>`)}
<div class="plot" tabindex="0" role="img" aria-label="${title}">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
${axis.bands.map((band, i) => renderBand(band, i, x))}
${y.ticks.map((tick) => level('grid', y.at(tick)))}
${axis.marks.map(({ at }) => markup`<path class="mark" d="M${round(x.at(at) * WIDTH)} 0V${HEIGHT}"/>`)}
${dashed.map(({ value }, i) => level(`dashed d${i % 2}`, y.at(value)))}
${curves.map(({ values: drawn }, i) => markup`<path class="${lineClass(i)}" data-curve="${i}" d="${linePath(axis.x, drawn, x, y)}"/>`)}
</svg>
${axis.bands.map((band) => markup`<span class="band" style="left:${percent(x.at(band.from))};max-width:${percent(x.at(band.to) - x.at(band.from))}">${band.label}</span>`)}
<div class="cross" hidden></div><div class="tip" hidden></div>
</div>
${x.ticks.map((tick) => markup`<span class="x" style="left:${percent(x.at(tick))}">${formatCount(tick)}</span>`)}
</div>
<div class="legend">
${curves.map(({ name, values: drawn }, i) => markup`<button type="button" aria-pressed="true" data-curve="${i}"><i class="${lineClass(i)}"></i>${name} <b>${lastOf(drawn)}</b></button>`)}
${dashed.map(({ name, value }, i) => markup`<span><i class="dashed d${i % 2}"></i>${name} <b>${formatNumber(value)}</b></span>`)}
</div>
${embedJson(data)}
</figure>`;
}

const percent = (share: number): string => `${round(share * 100)}%`;
const round = (value: number): number => Math.round(value * 10) / 10;

/** After the last colour they come again with a broken line. */
const lineClass = (i: number): string => `line c${i % COLOURS}${i % (2 * COLOURS) < COLOURS ? '' : ' broken'}`;

const level = (name: string, share: number): Markup =>
  markup`<path class="${name}" d="M0 ${round((1 - share) * HEIGHT)}H${WIDTH}"/>`;

function renderBand({ from, to, label }: Band, i: number, x: Scale): Markup {
  const [left, right] = [x.at(from) * WIDTH, x.at(to) * WIDTH];
  return markup`<rect class="stage s${i % 2}" data-stage="${label}" x="${round(left)}" y="0" width="${round(right - left)}" height="${HEIGHT}"/>`;
}

/** Lines through neighbours that both have a value; a point alone becomes a line of no length, which its round end shows. */
function linePath(steps: readonly number[], values: Curve['values'], x: Scale, y: Scale): string {
  let path = '';
  let drawing = false;
  for (const [i, value] of values.entries()) {
    if (value === undefined) {
      drawing = false;
      continue;
    }
    const [left, top] = [round(x.at(steps[i]!) * WIDTH), round((1 - y.at(value)) * HEIGHT)];
    const alone = !drawing && values[i + 1] === undefined;
    path += `${drawing ? 'L' : 'M'}${left} ${top}${alone ? 'h0' : ''}`;
    drawing = true;
  }
  return path;
}

function lastOf(values: Curve['values']): string {
  const last = values.findLast((value) => value !== undefined);
  return last === undefined ? '' : formatNumber(last);
}

const forHover = ({ name, values }: Curve): { name: string; values: (number | null)[] } => ({
  name,
  values: values.map((value) => (value === undefined ? null : Number(value.toPrecision(5)))),
});
