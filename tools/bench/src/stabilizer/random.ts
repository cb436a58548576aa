const WARM_UP = 16;

/** Numbers from 0 to under 1, the same ones for the same seed. Source: Marsaglia, Xorshift RNGs (2003), 32 bits, shifts 13, 17, 5. */
export function uniform(seed: number): () => number {
  // Zero would stay zero; seeds that are neighbours are spread by a large odd factor.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < WARM_UP; i++) next();
  return next;
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
