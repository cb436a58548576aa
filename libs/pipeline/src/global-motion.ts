/** How far the picture as a whole moved, whole pixels: now(x + dx, y + dy) looks like before(x, y). */
export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

/** Largest shift that is looked for between two frames, pixels. */
const REACH = 24;

/**
 * Finds a camera's pan between two small luma frames from their row and column sums, which is enough for one
 * translation of the whole picture and costs one pass. Returns no shift when none explains the change better.
 */
export function globalShift(now: Uint8Array, before: Uint8Array, width: number, height: number): Shift {
  const a = profiles(now, width, height);
  const b = profiles(before, width, height);
  const shift = { dx: bestShift(a.columns, b.columns), dy: bestShift(a.rows, b.rows) };
  const still = difference(now, before, width, height, { dx: 0, dy: 0 });
  return difference(now, before, width, height, shift) < 0.9 * still ? shift : { dx: 0, dy: 0 };
}

function profiles(luma: Uint8Array, width: number, height: number): { columns: Float64Array; rows: Float64Array } {
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  for (let y = 0, i = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++, i++) {
      const level = luma[i]!;
      sum += level;
      columns[x] = columns[x]! + level;
    }
    rows[y] = sum / width;
  }
  for (let x = 0; x < width; x++) columns[x] = columns[x]! / height;
  return { columns, rows };
}

function bestShift(now: Float64Array, before: Float64Array): number {
  const n = now.length;
  const reach = Math.min(REACH, n >> 2);
  const mean = (values: Float64Array): number => values.reduce((x, y) => x + y, 0) / n;
  const lift = mean(now) - mean(before);
  let best = 0;
  let least = Infinity;
  for (let shift = -reach; shift <= reach; shift++) {
    let sum = 0;
    const [from, to] = [Math.max(0, shift), Math.min(n, n + shift)];
    for (let i = from; i < to; i++) sum += Math.abs(now[i]! - before[i - shift]! - lift);
    const cost = sum / (to - from) + 0.002 * Math.abs(shift);
    if (cost < least) [least, best] = [cost, shift];
  }
  return best;
}

/** Mean |Δ| on every fourth pixel of every fourth row. */
function difference(now: Uint8Array, before: Uint8Array, width: number, height: number, { dx, dy }: Shift): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y += 4) {
    for (let x = Math.max(0, dx); x < Math.min(width, width + dx); x += 4) {
      sum += Math.abs(now[y * width + x]! - before[(y - dy) * width + x - dx]!);
      count++;
    }
  }
  return sum / Math.max(1, count);
}
