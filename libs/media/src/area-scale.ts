/** Shrinks a plane: each new pixel is the mean of the area that it covers, borders counted in part. Also enlarges, in blocks. */
export function areaScale(
  plane: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Uint8Array {
  const across = spans(width, toWidth);
  const down = spans(height, toHeight);
  const result = new Uint8Array(toWidth * toHeight);
  const row = new Float64Array(toWidth);
  for (let y = 0; y < toHeight; y += 1) {
    row.fill(0);
    const lines = down[y]!;
    for (let step = 0; step < lines.weights.length; step += 1) {
      const base = (lines.from + step) * width;
      const weight = lines.weights[step]!;
      for (let x = 0; x < toWidth; x += 1) row[x]! += weight * mean(plane, base, across[x]!);
    }
    for (let x = 0; x < toWidth; x += 1) result[y * toWidth + x] = Math.round(row[x]!);
  }
  return result;
}

interface Span {
  readonly from: number;
  /** Sum to 1. */
  readonly weights: readonly number[];
}

function mean(plane: Uint8Array, base: number, span: Span): number {
  let sum = 0;
  for (let step = 0; step < span.weights.length; step += 1)
    sum += span.weights[step]! * plane[base + span.from + step]!;
  return sum;
}

function spans(length: number, toLength: number): Span[] {
  const scale = length / toLength;
  return Array.from({ length: toLength }, (_, place) => {
    const start = place * scale;
    const end = Math.min(length, start + scale);
    const from = Math.min(length - 1, Math.floor(start + 1e-9));
    const to = Math.max(from + 1, Math.ceil(end - 1e-9));
    const covered = Array.from(
      { length: to - from },
      (__, step) => Math.min(end, from + step + 1) - Math.max(start, from + step),
    );
    return { from, weights: covered.map((part) => part / (end - start)) };
  });
}
