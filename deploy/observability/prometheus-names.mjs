import { ATTRIBUTES, METRICS } from '@kinemacolor/telemetry';

/** Units as Prometheus writes them into a name; things counted in braces, and plain numbers, have none. */
const UNITS = { s: '_seconds' };
const HISTOGRAM = ['_bucket', '_sum', '_count'];

const written = (name) => name.replaceAll('.', '_');

/**
 * The series that Prometheus makes of our metrics (`translation_strategy: UnderscoreEscapingWithSuffixes`), and the labels
 * that each may have.
 *
 * @returns {Map<string, Set<string>>}
 */
export function ourSeries() {
  const series = new Map();
  for (const { name, kind, unit, attributes } of Object.values(METRICS)) {
    const base = written(name) + (UNITS[unit] ?? '');
    const labels = ['job', 'instance', ...attributes.map((key) => written(ATTRIBUTES[key]))];
    if (kind === 'counter') series.set(`${base}_total`, new Set(labels));
    if (kind === 'gauge') series.set(base, new Set(labels));
    if (kind !== 'histogram') continue;
    for (const suffix of HISTOGRAM)
      series.set(base + suffix, new Set(suffix === '_bucket' ? [...labels, 'le'] : labels));
  }
  return series;
}

/** Series of others. */
const OTHERS = new Map([
  ['target_info', new Set(['job', 'instance'])],
  ['up', new Set(['job', 'instance'])],
  ['ALERTS', new Set(['alertname', 'alertstate', 'severity'])],
  ...['span', 'log'].map((signal) => [
    `otel_sdk_processor_${signal}_processed_total`,
    new Set(['job', 'instance', 'error_type']),
  ]),
  ['otelcol_exporter_(send|enqueue)_failed_(spans|metric_points)(_total)?', new Set(['exporter', '__name__'])],
]);

/** What stands in a query as a word and is no series. */
const WORDS =
  /^(sum|max|min|count|by|on|and|or|unless|offset|rate|increase|absent|vector|sort_desc|histogram_quantile|label_values|(avg|min)_over_time)$/;

/**
 * What a query asks for that nobody sends.
 *
 * @param {string} query in PromQL, or Grafana's `label_values(series, label)`
 * @returns {string[]} a line for each series or label that is not there
 */
export function unknownNames(query) {
  const known = new Map([...ourSeries(), ...OTHERS]);
  const problems = [];
  const used = new Set();
  const seriesOf = (name) => {
    const labels = known.get(name);
    if (labels === undefined) problems.push(`no series ${name}`);
    else for (const label of labels) used.add(label);
    return labels ?? new Set();
  };
  let rest = query.replace(/([a-zA-Z_]\w*)?\{([^}]*)\}/g, (_, name, matchers) => {
    const pairs = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)];
    const labels = seriesOf(name ?? pairs.find(([, label]) => label === '__name__')?.[2]);
    for (const [, label] of pairs) if (!labels.has(label)) problems.push(`no label ${label} of ${name}`);
    return ' ';
  });
  const named = [];
  rest = rest.replace(/\b(by|on)\s*\(([^)]*)\)/g, (_, __, list) => {
    named.push(...list.split(',').map((label) => label.trim()).filter(Boolean)); // prettier-ignore
    return ' ';
  });
  rest = rest.replace(/label_values\((\w+),\s*(\w+)\)/g, (_, name, label) => {
    named.push(label);
    return name;
  });
  rest = rest.replace(/\[[^\]]*\]|"[^"]*"|\b\d[\w.]*/g, ' ');
  for (const [word] of rest.matchAll(/[a-zA-Z_]\w*/g)) if (!WORDS.test(word)) seriesOf(word);
  for (const label of named) if (!used.has(label)) problems.push(`no label ${label} of any series of: ${query.trim()}`);
  return problems;
}

/** Labels that a text shows: `{{ $labels.job }}` of an alert, `{{job}}` of a panel. */
export const shownLabels = (text) =>
  [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label]) => label);

/** Labels of the results of a query: those that it groups by, or that its series have. */
export function resultLabels(query) {
  const known = new Map([...ourSeries(), ...OTHERS]);
  const grouped = [...query.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list]) => list.split(',').map((label) => label.trim())); // prettier-ignore
  if (grouped.length > 0) return grouped;
  return [...known].filter(([name]) => query.includes(name)).flatMap(([, labels]) => [...labels]);
}
