import type { SetMetrics } from './evaluate-set.js';

/** A named row: 'model', 'grey', 'tone', or whatever is compared. */
export interface TableRow {
  readonly name: string;
  readonly metrics: SetMetrics;
}

/** What a set has no value for. */
const NOTHING = '–';

const HEADER = ['', 'PSNR dB', 'CIEDE2000', 'colourfulness', 'chroma correlation', 'luma error', 'n'];

/** The rows as a markdown table, in the order given; the arrows in the header say which way is better. */
export function formatTable(rows: readonly TableRow[]): string {
  const arrows = ['', ' ↑', ' ↓', ' → 1', ' ↑', ' ↓', ''];
  const cells = [
    HEADER.map((title, column) => title + arrows[column]!),
    ...rows.map(({ name, metrics }) => [
      name.replaceAll('|', '\\|'),
      metrics.psnr.toFixed(2),
      metrics.ciede2000.toFixed(2),
      metrics.colourfulnessRatio?.toFixed(2) ?? NOTHING,
      metrics.chromaCorrelation.toFixed(3),
      metrics.lumaError.toFixed(2),
      String(metrics.n),
    ]),
  ];
  const widths = HEADER.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(cells[0]!), `| ${rule.join(' | ')} |`, ...cells.slice(1).map(line)].join('\n') + '\n';
}
