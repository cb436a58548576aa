import { Stabilizer } from '@kinemacolor/pipeline';
import { Flicker } from '@kinemacolor/quality';

interface Chroma {
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

export interface TrialFrame {
  readonly luma: Uint8Array;
  /** What is to be smoothed: with noise, or as a model painted it. */
  readonly painted: Chroma;
  /** Undefined where nobody knows the truth. */
  readonly truth: Chroma | undefined;
  readonly cut: boolean;
}

export interface TrialResult {
  readonly frames: number;
  /** Levels between consecutive frames where the luma stands still. */
  readonly flicker: { readonly without: number; readonly with: number };
  /** Mean |chroma − truth|, levels; NaN without a truth. */
  readonly error: { readonly without: number; readonly with: number };
  /** What the stabiliser does to chroma that is right already, |after − truth| in levels: the smear. NaN without a truth. */
  readonly smear: { readonly mean: number; readonly percentile99: number };
}

/** Runs the stabiliser over one shot or film and measures what it gains and what it spoils. */
export class Trial {
  private readonly onPainted: Stabilizer;
  private readonly onTruth: Stabilizer;
  private readonly flickerWithout = new Flicker();
  private readonly flickerWith = new Flicker();
  private readonly errorWithout = new Differences();
  private readonly errorWith = new Differences();
  private readonly smear = new Differences();
  private frames = 0;

  constructor(
    strength: number,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.onPainted = new Stabilizer(strength, width, height);
    this.onTruth = new Stabilizer(strength, width, height);
  }

  /** Frames in order. Planes may not be overwritten until the next frame was added. */
  add({ luma, painted, truth, cut }: TrialFrame): void {
    const { width, height } = this;
    const steady = this.onPainted.next({ luma, ...painted }, cut);
    if (cut) {
      this.flickerWithout.cut();
      this.flickerWith.cut();
    }
    this.flickerWithout.add({ width, height, y: luma, ...painted });
    this.flickerWith.add({ width, height, y: luma, ...steady });
    if (truth !== undefined) {
      this.errorWithout.add(painted, truth);
      this.errorWith.add(steady, truth);
      this.smear.add(this.onTruth.next({ luma, ...truth }, cut), truth);
    }
    this.frames += 1;
  }

  result(): TrialResult {
    return {
      frames: this.frames,
      flicker: { without: this.flickerWithout.value(), with: this.flickerWith.value() },
      error: { without: this.errorWithout.mean(), with: this.errorWith.mean() },
      smear: { mean: this.smear.mean(), percentile99: this.smear.percentile(0.99) },
    };
  }
}

/** Differences of bytes, as a histogram of whole levels. */
export class Differences {
  private readonly counts = new Float64Array(256);

  add(a: Chroma, b: Chroma): void {
    for (const [left, right] of [
      [a.u, b.u],
      [a.v, b.v],
    ] as const) {
      // prettier-ignore
      for (let i = 0; i < left.length; i++) this.counts[Math.abs(left[i]! - right[i]!)]!++;
    }
  }

  /** NaN when nothing was added. */
  mean(): number {
    return this.counts.reduce((sum, count, level) => sum + count * level, 0) / this.total();
  }

  /** The least level that at least this share of all differences does not exceed; NaN when nothing was added. */
  percentile(share: number): number {
    const wanted = share * this.total();
    if (wanted === 0) return NaN;
    let sum = 0;
    return this.counts.findIndex((count) => (sum += count) >= wanted);
  }

  private total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }
}
