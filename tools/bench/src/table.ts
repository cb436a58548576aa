import { type BenchResult, reached, type ResultRow } from './result.js';
import { significant } from './statistics.js';

/** The rows as a markdown table: name, the numbers, and where there are any, ratio, target and whether it was reached. */
export function formatRows(rows: readonly ResultRow[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.numbers)))];
  const withRatio = rows.some((row) => row.ratio !== undefined);
  const withTarget = rows.some((row) => row.target !== undefined);
  const header = ['', ...names, ...(withRatio ? ['ratio'] : []), ...(withTarget ? ['target', 'reached'] : [])];
  const cells = rows.map((row) => [
    row.name.replaceAll('|', '\\|'),
    ...names.map((name) => formatNumber(row.numbers[name])),
    ...(withRatio ? [formatRatio(row)] : []),
    ...(withTarget ? [formatTarget(row), formatReached(row)] : []),
  ]);
  return alignedTable([header, ...cells]);
}

/** A whole result for the terminal: what it is, on what, and the table. */
export function formatResult(result: BenchResult): string {
  const { machine } = result;
  const pairs = (values: Readonly<Record<string, string | number>>): string =>
    Object.entries(values).map(([name, value]) => `${name} ${value}`).join(', '); // prettier-ignore
  return [
    `## ${result.bench}`,
    result.about,
    '',
    formatRows(result.rows),
    `${result.date}; ${machine.cores} cores, ${machine.cpu}, ${machine.memoryGib} GiB, load before ${machine.loadBefore.toFixed(1)}`,
    pairs(result.settings),
    pairs(result.versions),
    '',
  ].join('\n');
}

function alignedTable([header, ...rows]: readonly (readonly string[])[]): string {
  const all = [header!, ...rows];
  const widths = header!.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(header!), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n') + '\n';
}

const formatNumber = (value: number | undefined): string => (value === undefined ? '' : String(significant(value)));

function formatTarget({ target }: ResultRow): string {
  if (target === undefined) return '';
  return 'least' in target ? `≥ ${targetDigits(target.least)}` : `≤ ${targetDigits(target.most)}`;
}

/** Two decimals, or as many as the target has: 0.995 must not look like 1. */
const targetDigits = (bound: number): string => bound.toFixed(Math.max(2, decimals(bound)));

const decimals = (bound: number): number => String(bound).split('.')[1]?.length ?? 0;

/** Three decimals, and one more than the target has, so that what just misses it does not look like it. */
function formatRatio({ ratio, target }: ResultRow): string {
  if (ratio === undefined) return '';
  const bound = target === undefined ? 0 : 'least' in target ? target.least : target.most;
  return ratio.toFixed(Math.max(3, decimals(bound) + 1));
}

function formatReached(row: ResultRow): string {
  if (row.target === undefined) return '';
  return reached(row) ? 'yes' : 'no';
}
