/** Numbers from 0 to under 1, the same ones for the same seed. Source: mulberry32, a public-domain generator by Tommy Ettinger. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normal numbers of mean 0 and variance 1 (Box and Muller). */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/**
 * A smooth random field: normal values at the corners of square cells, bilinear between them.
 * @returns height × width values
 */
export function smoothField(width: number, height: number, cell: number, next: () => number): Float32Array {
  const [columns, rows] = [Math.ceil(width / cell) + 1, Math.ceil(height / cell) + 1];
  const corners = Float32Array.from({ length: columns * rows }, next);
  const field = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(y / cell);
    const down = y / cell - row;
    for (let x = 0; x < width; x++, i++) {
      const column = Math.floor(x / cell);
      const right = x / cell - column;
      const corner = row * columns + column;
      const top = corners[corner]! + right * (corners[corner + 1]! - corners[corner]!);
      const bottom = corners[corner + columns]! + right * (corners[corner + columns + 1]! - corners[corner + columns]!);
      field[i] = top + down * (bottom - top);
    }
  }
  return field;
}
