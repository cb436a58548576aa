import { globalShift, type Shift } from './global-motion.js';

/** Change of luma, levels, at which the chroma before counts for 1/e of what it counts for on a still pixel. */
const LUMA_TOLERANCE = 5;

/** What the stabiliser remembers between frames; enough to go on exactly where another process stopped. */
export interface StabilizerState {
  readonly luma: Uint8Array;
  /** Smoothed chroma, 0..255, fractions kept. */
  readonly u: Float32Array;
  readonly v: Float32Array;
}

export interface SmallFrame {
  readonly luma: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/**
 * Smooths chroma over time where the picture stands still: a generator that sees one frame at a time gives the same
 * wall a slightly other colour in each. Each pixel takes the share `strength · exp(−(Δ/5)²)` of the smoothed chroma
 * before it, where Δ is the change of the luma there (averaged over 3 × 3 pixels so that grain does not count, overall
 * brightness taken out so that a flickering lamp does not either). What moves has a large Δ and keeps its own colour;
 * a pan of the whole picture is followed first, so that it is smoothed too and does not smear.
 */
export class Stabilizer {
  private state: StabilizerState | undefined;

  /** @param strength 0 leaves the chroma as it is, up to just under 1 */
  constructor(
    private readonly strength: number,
    private readonly width: number,
    private readonly height: number,
  ) {
    if (!(strength >= 0 && strength < 1)) throw new RangeError(`Stabiliser strength ${strength} is not in 0 ≤ s < 1.`);
  }

  /** Frames in order. @param cut true at the first frame of a shot: nothing from before it is used */
  next({ luma, u, v }: SmallFrame, cut: boolean): { u: Uint8Array; v: Uint8Array } {
    if (this.strength === 0) return { u, v };
    const before = this.state;
    if (cut || before === undefined) {
      this.state = { luma, u: new Float32Array(u), v: new Float32Array(v) };
      return { u, v };
    }
    const { width, height } = this;
    const overlap = overlapOf(width, height, globalShift(luma, before.luma, width, height));
    const change = smoothedChange(luma, before.luma, width, overlap);
    const after: StabilizerState = { luma, u: new Float32Array(u), v: new Float32Array(v) };
    blend(after, before, change, weightTable(this.strength), width, overlap);
    this.state = after;
    return { u: rounded(after.u), v: rounded(after.v) };
  }

  snapshot(): StabilizerState | undefined {
    return this.state;
  }

  restore(state: StabilizerState | undefined): void {
    this.state = state;
  }
}

/** The pixels that were in the picture before, too: x0 ≤ x < x1, y0 ≤ y < y1; each was `back` places further on then. */
interface Overlap {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly back: number;
}

function overlapOf(width: number, height: number, { dx, dy }: Shift): Overlap {
  return {
    x0: Math.max(0, dx),
    x1: Math.min(width, width + dx),
    y0: Math.max(0, dy),
    y1: Math.min(height, height + dy),
    back: dy * width + dx,
  };
}

/** Draws the chroma of `after` towards the one before, each pixel by its change. */
function blend(
  after: StabilizerState,
  before: StabilizerState,
  change: Int32Array,
  weights: Float32Array,
  width: number,
  { x0, x1, y0, y1, back }: Overlap,
): void {
  const last = weights.length - 1;
  for (let y = y0; y < y1; y++) {
    const end = y * width + x1;
    for (let i = y * width + x0; i < end; i++) {
      const delta = Math.abs(change[i]!);
      const weight = weights[delta < last ? delta : last]!;
      const j = i - back;
      after.u[i] = after.u[i]! + weight * (before.u[j]! - after.u[i]!);
      after.v[i] = after.v[i]! + weight * (before.v[j]! - after.v[i]!);
    }
  }
}

/** Pixels that a change is averaged over; changes are kept as sums over them, so that they stay whole numbers. */
const WINDOW = 9;
const tables = new Map<number, Float32Array>();

/** The weight for every change that counts, in ninths of a level; the last one is 0. */
function weightTable(strength: number): Float32Array {
  const known = tables.get(strength);
  if (known !== undefined) return known;
  const table = Float32Array.from({ length: WINDOW * LUMA_TOLERANCE * 4 }, (_, i) => {
    return strength * Math.exp(-((i / WINDOW / LUMA_TOLERANCE) ** 2));
  });
  table[table.length - 1] = 0;
  tables.set(strength, table);
  return table;
}

/** now − before where they overlap, the mean taken out, summed over 3 × 3 pixels (edges repeated). */
function smoothedChange(
  now: Uint8Array,
  before: Uint8Array,
  width: number,
  { x0, x1, y0, y1, back }: Overlap,
): Int32Array {
  const delta = new Int32Array(now.length);
  let sum = 0;
  for (let y = y0; y < y1; y++) {
    const end = y * width + x1;
    for (let i = y * width + x0; i < end; i++) {
      const d = now[i]! - before[i - back]!;
      delta[i] = d;
      sum += d;
    }
  }
  const mean = Math.round((WINDOW * sum) / ((x1 - x0) * (y1 - y0)));
  const rows = new Int32Array(now.length);
  for (let y = y0; y < y1; y++) {
    const [first, last] = [y * width + x0, y * width + x1 - 1];
    for (let i = first; i <= last; i++) {
      rows[i] = delta[i > first ? i - 1 : i]! + delta[i]! + delta[i < last ? i + 1 : i]!;
    }
  }
  for (let y = y0; y < y1; y++) {
    const [up, down] = [y > y0 ? width : 0, y < y1 - 1 ? width : 0];
    const end = y * width + x1;
    for (let i = y * width + x0; i < end; i++) delta[i] = rows[i - up]! + rows[i]! + rows[i + down]! - mean;
  }
  return delta;
}

/** 0..255 to the nearest whole number. */
function rounded(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = values[i]! + 0.5;
  return bytes;
}
