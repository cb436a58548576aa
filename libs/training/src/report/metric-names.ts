/** How the metrics of a validation are shown; one that is not listed shows under its own name. */
const METRICS = [
  { key: 'psnr', title: 'PSNR, dB', better: '↑', digits: 2 },
  { key: 'ciede2000', title: 'CIEDE2000', better: '↓', digits: 2 },
  { key: 'chromaCorrelation', title: 'chroma correlation', better: '↑', digits: 3 },
  { key: 'colourfulnessRatio', title: 'colourfulness ratio', better: '→ 1', digits: 3 },
  { key: 'flicker', title: 'flicker, levels', better: '↓', digits: 3 },
  { key: 'lumaError', title: 'luma error, levels', better: '↓', digits: 2 },
] as const;
/** How many pictures were measured: the same every time. */
const NO_METRIC = 'n';

export interface MetricName {
  readonly key: string;
  readonly title: string;
  /** Which way is better; empty where the report does not know. */
  readonly better: string;
  /** Digits after the point, in tables. */
  readonly digits: number;
}

/** The names in the order to show them in: the known ones first. */
export function metricNames(keys: ReadonlySet<string>): MetricName[] {
  const known = METRICS.filter(({ key }) => keys.has(key));
  const others = [...keys].filter((key) => key !== NO_METRIC && !METRICS.some((metric) => metric.key === key)).sort();
  return [...known, ...others.map((key) => ({ key, title: key, better: '', digits: 4 }))];
}
