import { globalShift } from './global-motion.js';

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
      this.state = { luma, u: Float32Array.from(u), v: Float32Array.from(v) };
      return { u, v };
    }
    const { width, height } = this;
    const { dx, dy } = globalShift(luma, before.luma, width, height);
    const change = smoothedChange(luma, before.luma, width, height, dx, dy);
    const after: StabilizerState = { luma, u: Float32Array.from(u), v: Float32Array.from(v) };
    const weights = weightTable(this.strength);
    for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y++) {
      for (let x = Math.max(0, dx); x < Math.min(width, width + dx); x++) {
        const i = y * width + x;
        const j = i - dy * width - dx;
        const weight = weights[Math.min(weights.length - 1, Math.round(Math.abs(change[i]!) * STEPS))]!;
        after.u[i] = u[i]! + weight * (before.u[j]! - u[i]!);
        after.v[i] = v[i]! + weight * (before.v[j]! - v[i]!);
      }
    }
    this.state = after;
    return { u: Uint8Array.from(after.u, Math.round), v: Uint8Array.from(after.v, Math.round) };
  }

  snapshot(): StabilizerState | undefined {
    return this.state;
  }

  restore(state: StabilizerState | undefined): void {
    this.state = state;
  }
}

/** Entries a level in the table of weights. */
const STEPS = 8;
const tables = new Map<number, Float32Array>();

function weightTable(strength: number): Float32Array {
  const known = tables.get(strength);
  if (known !== undefined) return known;
  const table = Float32Array.from({ length: STEPS * LUMA_TOLERANCE * 4 }, (_, i) => {
    return strength * Math.exp(-((i / STEPS / LUMA_TOLERANCE) ** 2));
  });
  table[table.length - 1] = 0;
  tables.set(strength, table);
  return table;
}

/** now − before (shifted), the mean taken out, averaged over 3 × 3 pixels; pixels without a before stay 255. */
function smoothedChange(
  now: Uint8Array,
  before: Uint8Array,
  width: number,
  height: number,
  dx: number,
  dy: number,
): Float32Array {
  const [x0, x1, y0, y1] = [
    Math.max(0, dx),
    Math.min(width, width + dx),
    Math.max(0, dy),
    Math.min(height, height + dy),
  ];
  const change = new Float32Array(width * height).fill(255);
  let sum = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0, i = y * width + x0, j = (y - dy) * width + x0 - dx; x < x1; x++, i++, j++) {
      const delta = now[i]! - before[j]!;
      change[i] = delta;
      sum += delta;
    }
  }
  const mean = sum / ((x1 - x0) * (y1 - y0));
  const rows = new Float32Array(width * height).fill(255);
  for (let y = y0; y < y1; y++) {
    for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
      const [left, right] = [x > x0 ? i - 1 : i, x < x1 - 1 ? i + 1 : i];
      rows[i] = (change[left]! + change[i]! + change[right]!) / 3 - mean;
    }
  }
  for (let y = y0; y < y1; y++) {
    for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
      const [up, down] = [y > y0 ? i - width : i, y < y1 - 1 ? i + width : i];
      change[i] = (rows[up]! + rows[i]! + rows[down]!) / 3;
    }
  }
  return change;
}
