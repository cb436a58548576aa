import { type Yuv, checkSameSize, checkYuv } from './image.js';

/** Pixels whose luma changed by more than this many levels between two frames count as moving. */
export const DEFAULT_STILL_LUMA_LEVELS = 2;

export interface FlickerOptions {
  /** Largest |ΔY| in levels at which a pixel is still. Default 2: above codec noise, below motion. */
  readonly stillLumaLevels?: number;
}

/**
 * Flicker of a clip: the mean of (|ΔU| + |ΔV|) / 2, in levels, between consecutive frames over the pixels that stood
 * still, that is, whose luma changed by at most `stillLumaLevels`. 0 is steady, lower is better. Grey is 0: read it
 * beside a measure of colour. Frames are added in order; one frame is kept, and its planes must not be overwritten
 * until the next was added.
 */
export class Flicker {
  private readonly stillLumaLevels: number;
  private previous: Yuv | undefined;
  private sum = 0;
  private pixels = 0;

  constructor(options: FlickerOptions = {}) {
    this.stillLumaLevels = options.stillLumaLevels ?? DEFAULT_STILL_LUMA_LEVELS;
  }

  /**
   * @throws QualityError `BAD_PICTURE`; `SIZE_MISMATCH` when the frame has another size than the one before it in the
   * same shot
   */
  add(frame: Yuv): void {
    checkYuv(frame);
    const { previous } = this;
    if (previous !== undefined) {
      checkSameSize(frame, previous);
      this.compare(previous, frame);
    }
    this.previous = frame;
  }

  /** Marks a cut before the next frame: it is compared with nothing. */
  cut(): void {
    this.previous = undefined;
  }

  /** How many pixels stood still, over all pairs of frames: what `value` is the mean of. */
  get stillPixels(): number {
    return this.pixels;
  }

  /** The mean in levels, or `NaN` when no pixel stood still. */
  value(): number {
    return this.sum / this.pixels;
  }

  private compare(before: Yuv, after: Yuv): void {
    for (let i = 0; i < after.y.length; i++) {
      if (Math.abs(after.y[i]! - before.y[i]!) > this.stillLumaLevels) continue;
      this.sum += (Math.abs(after.u[i]! - before.u[i]!) + Math.abs(after.v[i]! - before.v[i]!)) / 2;
      this.pixels += 1;
    }
  }
}

/** The flicker of the frames in one call; `cuts` holds the index of the first frame of each new shot. */
export function flicker(frames: Iterable<Yuv>, cuts: ReadonlySet<number>, options: FlickerOptions = {}): number {
  const meter = new Flicker(options);
  let index = 0;
  for (const frame of frames) {
    if (cuts.has(index)) meter.cut();
    meter.add(frame);
    index += 1;
  }
  return meter.value();
}
