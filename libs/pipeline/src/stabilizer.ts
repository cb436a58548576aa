import { globalShift } from './global-motion.js';
import { CHANGE_WINDOW, LumaChange, overlapOf, type Overlap } from './luma-change.js';

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
  private readonly change: LumaChange;

  /** @param strength 0 leaves the chroma as it is, up to just under 1 */
  constructor(
    private readonly strength: number,
    private readonly width: number,
    private readonly height: number,
  ) {
    if (!(strength >= 0 && strength < 1)) throw new RangeError(`Stabiliser strength ${strength} is not in 0 ≤ s < 1.`);
    this.change = new LumaChange(width, height);
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
    const change = this.change.between(luma, before.luma, overlap);
    const weights = weightTable(this.strength);
    const smoothU = new Float32Array(u);
    const smoothV = new Float32Array(v);
    blend(smoothU, before.u, change, weights, width, overlap);
    blend(smoothV, before.v, change, weights, width, overlap);
    this.state = { luma, u: smoothU, v: smoothV };
    return { u: rounded(smoothU), v: rounded(smoothV) };
  }

  snapshot(): StabilizerState | undefined {
    return this.state;
  }

  restore(state: StabilizerState | undefined): void {
    this.state = state;
  }
}

/** Draws one plane of chroma, in place, towards the one before, each pixel by its change. */
function blend(
  now: Float32Array,
  before: Float32Array,
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
      // Beyond the table the weight is 0 and the colour its own.
      if (delta < last) now[i] = now[i]! + weights[delta]! * (before[i - back]! - now[i]!);
    }
  }
}

const tables = new Map<number, Float32Array>();

/** The weight for every change that counts, in ninths of a level; the last one is 0. */
function weightTable(strength: number): Float32Array {
  const known = tables.get(strength);
  if (known !== undefined) return known;
  const table = Float32Array.from({ length: CHANGE_WINDOW * LUMA_TOLERANCE * 4 }, (_, i) => {
    return strength * Math.exp(-((i / CHANGE_WINDOW / LUMA_TOLERANCE) ** 2));
  });
  table[table.length - 1] = 0;
  tables.set(strength, table);
  return table;
}

/** 0..255 to the nearest whole number. */
function rounded(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = values[i]! + 0.5;
  return bytes;
}
