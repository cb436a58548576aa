import type { ResultRow } from '../result.js';
import { median } from '../statistics.js';
import { type Variant, VARIANTS, variantName } from './step-sides.js';

/** Milliseconds of every round, by side. */
type Times = Readonly<Record<string, readonly number[]>>;

/**
 * The median of the quickest of PyTorch's ways, of all or of one form.
 * @throws RangeError when one of them was not timed: its lack would be a better ratio
 */
export function quickestTorch(times: Times, form?: Variant['form']): number {
  const ways = VARIANTS.filter((variant) => form === undefined || variant.form === form);
  return Math.min(...ways.map((variant) => median(times[variantName(variant)] ?? [])));
}

/** PyTorch's ways, a row for each precision. */
export function torchRows(name: string, times: Times): readonly ResultRow[] {
  return (['fp32', 'bf16'] as const).map((precision) => {
    const ways = VARIANTS.filter((variant) => variant.precision === precision).map(
      (variant) => [`${variant.memory} ${variant.form} ms`, times[variantName(variant)] ?? []] as const,
    );
    return {
      name: `${name}: torch ${precision === 'bf16' ? 'bf16 amp' : precision}`,
      numbers: Object.fromEntries(ways.map(([way, values]) => [way, median(values)])),
      rounds: Object.fromEntries(ways),
    };
  });
}
