/** Where each output pixel of one axis looks among the input pixels, and how much each of those counts. */
export interface AxisWeights {
  /** Input pixels that each output pixel looks at. */
  readonly taps: number;
  /** count × taps indexes, clamped to the edges. */
  readonly from: Int32Array;
  /** count × taps weights that sum to 1 for each output pixel. */
  readonly weights: Float32Array;
}

/**
 * Triangle filter as wide as the step between output pixels: bilinear when a picture grows, and without aliases when it
 * shrinks. Pixel centres are at halves.
 * @param count output pixels
 * @param start where the part that is taken begins, input pixels, fractions allowed
 * @param length how much is taken
 * @param size input pixels that there are
 * @param flip mirrors the output
 */
export function axisWeights(count: number, start: number, length: number, size: number, flip: boolean): AxisWeights {
  const support = Math.max(1, length / count);
  const taps = 2 * Math.ceil(support) + 1;
  const from = new Int32Array(count * taps);
  const weights = new Float32Array(count * taps);
  for (let i = 0; i < count; i++) {
    const centre = start + ((i + 0.5) / count) * length - 0.5;
    const first = Math.ceil(centre - support);
    const at = (flip ? count - 1 - i : i) * taps;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const weight = Math.max(0, 1 - Math.abs(first + k - centre) / support);
      from[at + k] = Math.min(size - 1, Math.max(0, first + k));
      weights[at + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) weights[at + k]! /= sum;
  }
  return { taps, from, weights };
}

/** One plane of `width` columns through both axes; the result has the columns of one and the rows of the other. */
export function resample(plane: Uint8Array, width: number, columns: AxisWeights, rows: AxisWeights): Float32Array {
  const outWidth = columns.from.length / columns.taps;
  const outHeight = rows.from.length / rows.taps;
  const out = new Float32Array(outWidth * outHeight);
  const row = new Float32Array(outWidth);
  // Rows of the input that several output rows look at are narrowed once.
  const narrowed = new Map<number, Float32Array>();
  const narrow = (y: number): Float32Array => {
    const known = narrowed.get(y);
    if (known !== undefined) return known;
    const made = new Float32Array(outWidth);
    const { taps, from, weights } = columns;
    for (let x = 0, at = 0; x < outWidth; x++) {
      let sum = 0;
      for (let k = 0; k < taps; k++, at++) sum += weights[at]! * plane[y * width + from[at]!]!;
      made[x] = sum;
    }
    narrowed.set(y, made);
    return made;
  };
  for (let y = 0, at = 0; y < outHeight; y++) {
    row.fill(0);
    for (let k = 0; k < rows.taps; k++, at++) {
      const weight = rows.weights[at]!;
      if (weight === 0) continue;
      const line = narrow(rows.from[at]!);
      for (let x = 0; x < outWidth; x++) row[x]! += weight * line[x]!;
    }
    out.set(row, y * outWidth);
  }
  return out;
}
