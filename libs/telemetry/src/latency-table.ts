import { bottleneckOf } from './bottleneck.js';
import type { Duration, LatencySummary } from './latency.js';

const milliseconds = (seconds: number): string => (seconds * 1000).toFixed(1);
const COLUMNS: readonly (keyof Duration)[] = ['mean', 'p50', 'p95', 'p99'];

/**
 * For a person: each stage in milliseconds, the whole, what the stages come to of it, and what everything waits for.
 * @param all frames that should have been counted; where some were not, the table says so
 */
export function latencyTable(summary: LatencySummary, all = summary.frames): string {
  const { frames, stages, whole } = summary;
  if (frames === 0) return 'No frame has been through all stages yet.\n';
  const row = (name: string, duration: Duration, share: string): string =>
    [name.padEnd(9), ...COLUMNS.map((column) => milliseconds(duration[column]).padStart(10)), share.padStart(8)].join(
      '',
    );
  const percent = (part: number): string => `${((100 * part) / whole.mean).toFixed(1)} %`;
  const counted = frames < all ? `${frames} of ${all} frames` : `${frames} frames`;
  const sum = stages.reduce((total, { mean }) => total + mean, 0);
  const slowest = bottleneckOf(summary);
  const lines = [
    ['ms'.padEnd(9), ...COLUMNS.map((column) => column.padStart(10)), 'of all'.padStart(8)].join(''),
    ...stages.map((stage) => row(stage.stage, stage, percent(stage.mean))),
    row('whole', whole, ''),
    `${counted}; the stages come to ${percent(sum)} of the whole.`,
    ...(frames < all
      ? ['The others were encoded before the encoder of the job was started again: it counts anew.']
      : []),
    ...(slowest === undefined ? [] : [`Bottleneck: the ${slowest.part}; a frame is ${milliseconds(slowest.seconds)} ms there, ${(100 * slowest.share).toFixed(0)} % of its time.`]), // prettier-ignore
  ];
  return `${lines.join('\n')}\n`;
}
