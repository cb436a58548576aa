import { type Image, checkImage } from './image.js';

const DISTANCES = [1, 2, 4] as const;
const REACH = 4;

/** Three histograms of 256 relative frequencies, R then G then B. */
type Histograms = Float64Array;

function histograms(frame: Image): Histograms {
  checkImage(frame);
  const bins = new Float64Array(3 * 256);
  const share = 3 / frame.data.length;
  for (let i = 0; i < frame.data.length; i++) {
    const bin = (i % 3) * 256 + frame.data[i]!;
    bins[bin] = bins[bin]! + share;
  }
  return bins;
}

/** Mean over the three channels of the Jensen–Shannon divergence in nats, 0..ln 2. */
function divergence(a: Histograms, b: Histograms): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const p = a[i]!;
    const q = b[i]!;
    const m = (p + q) / 2;
    if (p > 0) sum += p * Math.log(p / m);
    if (q > 0) sum += q * Math.log(q / m);
  }
  return sum / 2 / 3;
}

/**
 * Colour distribution consistency of a clip: for t = 1, 2 and 4 the mean, over all frames i, of the Jensen–Shannon
 * divergence (natural logarithm) between the 256-bin channel histograms of the frames i and i + t, averaged over R, G
 * and B; then the mean of the three. 0..ln 2, lower is steadier. A grey clip scores its luma's own changes only, so it
 * says nothing without a measure of colour beside it.
 *
 * Frames are added in order and at most four histograms are kept, whatever the length of the clip.
 * Source: Liu et al., "Temporally consistent video colorization with deep feature propagation and self-regularization
 * learning" (TCVC), 2021; used by BiSTNet (Yang et al., 2022).
 */
export class ColourDistributionConsistency {
  private readonly sums = new Map<number, { total: number; pairs: number }>(
    DISTANCES.map((distance) => [distance, { total: 0, pairs: 0 }]),
  );
  private recent: Histograms[] = [];

  /** @throws QualityError `BAD_PICTURE` */
  add(frame: Image): void {
    const current = histograms(frame);
    for (const [distance, sum] of this.sums) {
      const earlier = this.recent.at(-distance);
      if (earlier === undefined) continue;
      sum.total += divergence(earlier, current);
      sum.pairs += 1;
    }
    this.recent.push(current);
    if (this.recent.length > REACH) this.recent.shift();
  }

  /** Marks a cut: frames on either side of it are not compared. The literature compares across cuts. */
  cut(): void {
    this.recent = [];
  }

  /** A distance that no pair of frames has is left out; `NaN` when that is every one (fewer than two frames). */
  value(): number {
    let total = 0;
    let distances = 0;
    for (const sum of this.sums.values()) {
      if (sum.pairs === 0) continue;
      total += sum.total / sum.pairs;
      distances += 1;
    }
    return total / distances;
  }
}

/** The colour distribution consistency of the frames in one call; see `ColourDistributionConsistency`. */
export function cdc(frames: Iterable<Image>): number {
  const consistency = new ColourDistributionConsistency();
  for (const frame of frames) consistency.add(frame);
  return consistency.value();
}
