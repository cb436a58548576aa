import type { Random } from './random.js';
import type { TrainingPicture } from './picture-set.js';

/** Pictures that are drawn together with a weight; weights are relative. */
export interface WeightedSet {
  readonly weight: number;
  readonly pictures: readonly TrainingPicture[];
}

export interface SamplerOptions {
  readonly batch: number;
  /** Side of the square crops, pixels. */
  readonly crop: number;
  /** Largest render size (short side, pixels) that a crop may come from; the smallest is `crop` itself. */
  readonly largestRender: number;
  /** Share of the crops whose luma is made to look like film: gamma, contrast, noise. */
  readonly filmShare: number;
}

/** A batch for the paired chroma losses. */
export interface ChromaBatch {
  /** batch × crop × crop luma in −1..1. */
  readonly luma: Float32Array;
  /** batch × crop × crop × 2 chroma (U, V) in −1..1, where ±1 is ±127.5 levels. */
  readonly chroma: Float32Array;
}

/** Draws random crops: of random size (so that the network meets things near and far), flipped half of the time. */
export class Sampler {
  private readonly cumulative: number[] = [];

  constructor(
    private readonly sets: readonly WeightedSet[],
    private readonly options: SamplerOptions,
    private readonly random: Random,
  ) {
    let total = 0;
    for (const { weight, pictures } of sets) {
      if (pictures.length === 0) throw new RangeError('A set of training pictures is empty.');
      this.cumulative.push((total += weight));
    }
  }

  next(): ChromaBatch {
    const { batch, crop } = this.options;
    const luma = new Float32Array(batch * crop * crop);
    const chroma = new Float32Array(batch * crop * crop * 2);
    for (let b = 0; b < batch; b++) {
      this.drawCrop(
        luma.subarray(b * crop * crop, (b + 1) * crop * crop),
        chroma.subarray(b * crop * crop * 2, (b + 1) * crop * crop * 2),
      );
    }
    return { luma, chroma };
  }

  private draw(): TrainingPicture {
    const at = this.random.next() * this.cumulative.at(-1)!;
    const { pictures } = this.sets[this.cumulative.findIndex((edge) => at < edge)]!;
    return pictures[this.random.below(pictures.length)]!;
  }

  private drawCrop(luma: Float32Array, chroma: Float32Array): void {
    const { random } = this;
    const { crop, largestRender, filmShare } = this.options;
    const { width, height, y, u, v } = this.draw().yuv;
    const short = Math.min(width, height);
    // A crop of `side` source pixels seen at `crop` pixels is what a render of short side `render` shows.
    const largest = Math.max(crop, Math.min(largestRender, short * 1.1));
    const render = crop * Math.exp(random.next() * Math.log(largest / crop));
    const side = (crop / render) * short;
    const stretch = Math.exp(random.between(-0.1, 0.1));
    const [sideX, sideY] = [Math.min(width, side * stretch), Math.min(height, side / stretch)];
    const [left, top] = [random.between(0, width - sideX), random.between(0, height - sideY)];
    const flip = random.next() < 0.5;
    const tone = random.next() < filmShare ? filmTone(random) : undefined;
    const columns = axis(crop, left, sideX, width, flip);
    const rows = axis(crop, top, sideY, height, false);
    for (let j = 0, k = 0; j < crop; j++) {
      const row0 = rows.low[j]! * width;
      const row1 = rows.high[j]! * width;
      const fy = rows.share[j]!;
      for (let i = 0; i < crop; i++, k++) {
        const [a, b, fx] = [columns.low[i]!, columns.high[i]!, columns.share[i]!];
        const at = (plane: Uint8Array): number => {
          const upper = plane[row0 + a]! + fx * (plane[row0 + b]! - plane[row0 + a]!);
          const lower = plane[row1 + a]! + fx * (plane[row1 + b]! - plane[row1 + a]!);
          return upper + fy * (lower - upper);
        };
        const grey = at(y) / 127.5 - 1;
        luma[k] = tone === undefined ? grey : tone(grey);
        chroma[2 * k] = (at(u) - 128) / 127.5;
        chroma[2 * k + 1] = (at(v) - 128) / 127.5;
      }
    }
  }
}

interface Axis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float32Array;
}

/** Where each of `count` output pixels lies among `size` input pixels, for bilinear sampling at pixel centres. */
function axis(count: number, start: number, length: number, size: number, flip: boolean): Axis {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const share = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = Math.min(size - 1, Math.max(0, start + ((i + 0.5) / count) * length - 0.5));
    const k = flip ? count - 1 - i : i;
    low[k] = Math.floor(at);
    high[k] = Math.min(size - 1, low[k] + 1);
    share[k] = at - low[k];
  }
  return { low, high, share };
}

/** Film does not see as a camera of today: another gamma and contrast, and grain. Luma in and out in −1..1. */
function filmTone(random: Random): (grey: number) => number {
  const gamma = Math.exp(random.between(-0.35, 0.35));
  const contrast = random.between(0.75, 1.15);
  const lift = random.between(-0.1, 0.1);
  const grain = random.next() < 0.5 ? random.between(0, 0.06) : 0;
  return (grey) => {
    const curved = 2 * ((grey + 1) / 2) ** gamma - 1;
    const noisy = curved * contrast + lift + (grain === 0 ? 0 : grain * random.normal());
    return Math.min(1, Math.max(-1, noisy));
  };
}
