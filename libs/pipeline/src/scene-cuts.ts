/** Sides of the grid of block means that two frames are compared on. */
const GRID = 16;
/** Least mean change of a block, levels, and of the histogram (0..1), that can be a cut. */
const LEAST_CHANGE = 8;
const LEAST_HISTOGRAM_CHANGE = 0.18;
/** A cut stands out this much from the changes before it. */
const ABOVE_RECENT = 3;
const BINS = 32;

/** What the detector remembers; plain data, so that a run can be resumed. */
export interface SceneCutState {
  readonly blocks: readonly number[];
  readonly histogram: readonly number[];
  /** Running mean of the change between frames, levels. */
  readonly recent: number;
}

/**
 * Finds hard cuts on the small luma. A frame begins a new shot when its picture changed much (mean change of 16 × 16
 * block means after the overall brightness is taken out), far more than between the frames before it, and its histogram
 * changed too: a pan moves blocks but keeps the histogram, a flicker changes brightness but keeps the blocks.
 */
export class SceneCuts {
  private state: SceneCutState | undefined;

  /** True when this frame begins a new shot; the first frame of all always does. Call once for each frame, in order. */
  isCut(luma: Uint8Array, width: number, height: number): boolean {
    const blocks = blockMeans(luma, width, height);
    const histogram = histogramOf(luma);
    const before = this.state;
    if (before === undefined) {
      this.state = { blocks, histogram, recent: 2 };
      return true;
    }
    const change = blockChange(blocks, before.blocks);
    const moved = histogramChange(histogram, before.histogram);
    const cut =
      change > LEAST_CHANGE && moved > LEAST_HISTOGRAM_CHANGE && change > ABOVE_RECENT * Math.max(1, before.recent);
    // A cut says nothing about how much the next shot moves.
    this.state = { blocks, histogram, recent: cut ? before.recent : 0.8 * before.recent + 0.2 * change };
    return cut;
  }

  snapshot(): SceneCutState | undefined {
    return this.state;
  }

  restore(state: SceneCutState | undefined): void {
    this.state = state;
  }
}

function blockMeans(luma: Uint8Array, width: number, height: number): number[] {
  const sums = new Uint32Array(GRID * GRID);
  const counts = new Uint32Array(GRID * GRID);
  const edges = Array.from({ length: GRID + 1 }, (_, k) => Math.ceil((k * width) / GRID));
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * GRID) / height) * GRID;
    for (let k = 0; k < GRID; k++) {
      const end = y * width + edges[k + 1]!;
      let sum = 0;
      for (let i = y * width + edges[k]!; i < end; i++) sum += luma[i]!;
      sums[row + k] = sums[row + k]! + sum;
      counts[row + k] = counts[row + k]! + edges[k + 1]! - edges[k]!;
    }
  }
  return Array.from(sums, (sum, block) => sum / Math.max(1, counts[block]!));
}

function blockChange(now: readonly number[], before: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const lift = mean(now) - mean(before);
  return mean(now.map((value, i) => Math.abs(value - before[i]! - lift)));
}

function histogramOf(luma: Uint8Array): number[] {
  const counts = new Uint32Array(BINS);
  for (let i = 0; i < luma.length; i++) {
    const bin = luma[i]! >> 3;
    counts[bin] = counts[bin]! + 1;
  }
  return Array.from(counts, (count) => count / luma.length);
}

/** Half the L1 distance of the cumulative histograms' steps: 0 the same, 1 nothing in common. */
function histogramChange(now: readonly number[], before: readonly number[]): number {
  return now.reduce((sum, value, i) => sum + Math.abs(value - before[i]!), 0) / 2;
}
