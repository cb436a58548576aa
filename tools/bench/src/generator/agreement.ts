import path from 'node:path';
import { BenchError } from '../bench-error.js';
import { readFloats, writeFloats } from '../float-files.js';
import type { Sides } from '../sides.js';

/** How far an output in −1..1 may be from that of eager fp32 and still count as the same function's. */
export interface Bound {
  readonly mean: number;
  readonly largest: number;
}

export const FP32: Bound = { mean: 1e-4, largest: 1e-3 };

/**
 * bf16 has 8 significant bits, and the 17 layers of a random network carry each rounding on; a single pixel may be far
 * off. A wrong layer, weight or padding gives a mean of 0.1 and more.
 */
export const BF16: Bound = { mean: 0.02, largest: 0.25 };

/** |a − b| over all values; NaN when the lengths differ or a value is no number, which no bound lets pass. */
export type Difference = Bound;

/**
 * Runs one picture through all sides.
 * @param reference the side that the others are compared with
 * @param bounds for each other side, by its name
 * @param picture what all get: height × width values in −1..1
 * @param folder for the files that they are handed
 * @returns the difference of each other side from the reference
 * @throws BenchError `DISAGREE`: times of two different functions would say nothing
 */
export async function checkAgreement(
  sides: Sides,
  reference: string,
  bounds: Readonly<Record<string, Bound>>,
  picture: Float32Array,
  folder: string,
): Promise<Record<string, Difference>> {
  const input = path.join(folder, 'input.f32');
  const output = path.join(folder, 'output.f32');
  await writeFloats(input, picture);
  const outputOf = async (name: string): Promise<Float32Array> => {
    await sides.request(name, { do: 'output', input, output });
    return readFloats(output);
  };
  const truth = await outputOf(reference);
  const differences: Record<string, Difference> = {};
  for (const [name, bound] of Object.entries(bounds)) {
    const found = differenceOf(truth, await outputOf(name));
    if (!(found.mean <= bound.mean && found.largest <= bound.largest)) {
      throw new BenchError(
        'DISAGREE',
        `The outputs of ${name} and ${reference} differ by ${found.mean} in the mean and ${found.largest} at most; ` +
          `${bound.mean} and ${bound.largest} are allowed.`,
      );
    }
    differences[name] = found;
  }
  return differences;
}

export function differenceOf(a: Float32Array, b: Float32Array): Difference {
  if (a.length !== b.length || a.length === 0) return { mean: NaN, largest: NaN };
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    sum += difference;
    largest = Math.max(largest, difference);
  }
  return { mean: sum / a.length, largest };
}
