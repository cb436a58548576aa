import { type Image, checkSameSize } from './image.js';
import { rgbToYuvFloat } from './yuv.js';

/** Mean and largest |ΔY| over the pixels, in levels (0..255). */
export interface LumaError {
  readonly mean: number;
  readonly max: number;
}

/**
 * How far the luma of the output is from the truth's: mean and maximum of |ΔY|, unrounded full-range BT.601, in levels.
 * A colouring that keeps the luma has a mean below 0.5 from rounding to RGB bytes; chroma outside sRGB adds to it.
 * @throws QualityError `BAD_PICTURE`, `SIZE_MISMATCH`
 */
export function lumaError(out: Image, truth: Image): LumaError {
  const { y: a } = rgbToYuvFloat(out);
  const { y: b } = rgbToYuvFloat(truth);
  checkSameSize(out, truth);
  let sum = 0;
  let max = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    sum += d;
    if (d > max) max = d;
  }
  return { mean: sum / a.length, max };
}
