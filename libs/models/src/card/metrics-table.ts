/** A row of a card's table: the metrics of a model, or of a baseline, as `@kinemacolor/quality` defines them. */
export interface CardMetrics {
  readonly name: string;
  /** A number that could not be computed is null. */
  readonly metrics: Readonly<
    Record<'n' | 'psnr' | 'ciede2000' | 'colourfulnessRatio' | 'chromaCorrelation' | 'lumaError', number | null>
  >;
  /** Of films only. */
  readonly flicker?: number | null | undefined;
  readonly colourfulness?: number | null | undefined;
}

interface Column {
  readonly title: string;
  readonly digits: number;
  readonly of: (row: CardMetrics) => number | null | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: 'pictures', digits: 0, of: (row) => row.metrics.n },
  { title: 'PSNR dB ↑', digits: 2, of: (row) => row.metrics.psnr },
  { title: 'CIEDE2000 ↓', digits: 2, of: (row) => row.metrics.ciede2000 },
  { title: 'colourfulness ratio → 1', digits: 2, of: (row) => row.metrics.colourfulnessRatio },
  { title: 'chroma correlation ↑', digits: 3, of: (row) => row.metrics.chromaCorrelation },
  { title: 'luma error ↓', digits: 2, of: (row) => row.metrics.lumaError },
  { title: 'flicker ↓', digits: 2, of: (row) => row.flicker },
  { title: 'colourfulness', digits: 1, of: (row) => row.colourfulness },
];

/** A Markdown table with a column for each metric that any row has. */
export function metricsTable(rows: readonly CardMetrics[]): string {
  const columns = COLUMNS.filter(({ of }) => rows.some((row) => typeof of(row) === 'number'));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns.map(({ title }) => title)]),
    line(['---', ...columns.map(() => '--:')]),
    ...rows.map((row) => line([cell(row.name), ...columns.map(({ of, digits }) => of(row)?.toFixed(digits) ?? '–')])),
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
