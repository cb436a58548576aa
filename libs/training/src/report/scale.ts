/** Maps values to shares of a chart's side, 0..1, and says where to write numbers. */
export interface Scale {
  readonly log: boolean;
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Values that span more than this factor are drawn on a logarithmic scale. */
const LOG_FROM = 30;

/**
 * A scale that all values lie on, with round numbers as ticks.
 * @param values finite; may be empty
 * @param log whether a logarithmic scale may be chosen; one is where all values are positive and far apart
 */
export function scaleFor(values: Iterable<number>, { log }: { log: boolean }): Scale {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) [low, high] = [0, 1];
  if (log && low > 0 && high / low > LOG_FROM) return logScale(low, high);
  // A curve near zero is read against zero.
  if (low > 0 && low < 0.5 * high) low = 0;
  if (low === high) {
    const margin = Math.abs(low) > 0 ? Math.abs(low) * 0.1 : 1;
    [low, high] = [low - margin, high + margin];
  }
  return linearScale(low, high);
}

/** A scale of exactly this span, for the x axis. */
export function stepScale(low: number, high: number): Scale {
  const span = high > low ? high - low : 1;
  const by = roundStep(span, 5);
  return { log: false, at: (value) => (value - low) / span, ticks: multiples(low, low + span, by) };
}

function linearScale(low: number, high: number): Scale {
  const by = roundStep(high - low, 5);
  const [bottom, top] = [Math.floor(low / by + 1e-9) * by, Math.ceil(high / by - 1e-9) * by];
  return { log: false, at: (value) => (value - bottom) / (top - bottom), ticks: multiples(bottom, top, by) };
}

function logScale(low: number, high: number): Scale {
  const [bottom, top] = [Math.log10(low) - 0.02, Math.log10(high) + 0.02];
  const decades: number[] = [];
  for (let power = Math.floor(bottom); power <= Math.ceil(top); power++) decades.push(power);
  const every = Math.ceil(decades.length / 6);
  const within = top - bottom < 2.5 ? [1, 2, 5] : [1];
  const ticks = decades
    .filter((_, i) => i % every === 0)
    .flatMap((power) => within.map((factor) => factor * 10 ** power))
    .filter((tick) => Math.log10(tick) >= bottom && Math.log10(tick) <= top);
  return { log: true, at: (value) => (Math.log10(value) - bottom) / (top - bottom), ticks };
}

/** 1, 2 or 5 times a power of ten, such that some `count` of it make the span. */
function roundStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
}

function multiples(low: number, high: number, by: number): number[] {
  const ticks: number[] = [];
  for (let i = Math.ceil(low / by - 1e-9); i * by <= high + by * 1e-9; i++) ticks.push(i === 0 ? 0 : i * by);
  return ticks;
}
