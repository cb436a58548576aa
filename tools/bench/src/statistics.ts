/**
 * The middle value, or the mean of the two middle ones.
 * @throws RangeError for no values or one that is not a finite number: a bench must not report what it did not measure
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('The median of no values was asked for.');
  if (!values.every(Number.isFinite)) throw new RangeError(`Not all finite numbers: ${values.join(', ')}.`);
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The smallest value that so many per cent of all values do not exceed.
 * @param percent above 0, at most 100
 * @throws RangeError for no values or one that is not a finite number
 */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('A percentile of no values was asked for.');
  if (!values.every(Number.isFinite)) throw new RangeError(`Not all finite numbers: ${values.join(', ')}.`);
  return values.toSorted((a, b) => a - b)[Math.ceil((percent / 100) * values.length) - 1]!;
}

/** @throws RangeError unless both are finite and the divisor is above zero */
export function ratio(value: number, by: number): number {
  if (!Number.isFinite(value) || !Number.isFinite(by) || by <= 0) {
    throw new RangeError(`${value} ÷ ${by} is not a ratio.`);
  }
  return value / by;
}

/** Rounds to so many significant digits, for reports that people read. */
export const significant = (value: number, digits = 4): number =>
  Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;

/** Named numbers of several rounds as a list for each name; names with a number that is not finite are left out. */
export function byName(rounds: readonly Readonly<Record<string, number>>[]): Record<string, number[]> {
  const names = Object.keys(rounds[0] ?? {});
  const lists = names.map((name) => [name, rounds.map((round) => round[name] ?? NaN)] as const);
  return Object.fromEntries(lists.filter(([, values]) => values.every(Number.isFinite)));
}

/** The median of each list of {@link byName}. */
export function medians(rounds: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(Object.entries(byName(rounds)).map(([name, values]) => [name, median(values)]));
}
