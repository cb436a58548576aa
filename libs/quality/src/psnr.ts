import { type ChromaPlanes, type Image, type Plane, checkChroma, checkImage, checkSameSize } from './image.js';

const PEAK = 255;

function sumOfSquares(a: Plane, b: Plane): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const d = a[i]! - b[i]!;
    sum += d * d;
  }
  return sum;
}

/**
 * Peak signal-to-noise ratio over all three channels: `10 · log10(255² / MSE)` in dB; higher is better, identical
 * pictures give `Infinity`. The luma of a colouring is the truth's own, so a grey output already has some 25 dB: read
 * it beside the baselines.
 * @throws QualityError `BAD_PICTURE`, `SIZE_MISMATCH`
 */
export function psnr(out: Image, truth: Image): number {
  checkImage(out);
  checkImage(truth);
  checkSameSize(out, truth);
  const mse = sumOfSquares(out.data, truth.data) / out.data.length;
  return 10 * Math.log10((PEAK * PEAK) / mse);
}

/**
 * The same over the U and V planes alone (peak 255, dB), which leaves the luma out of it.
 * @throws QualityError `BAD_PICTURE`, `SIZE_MISMATCH`
 */
export function chromaPsnr(out: ChromaPlanes, truth: ChromaPlanes): number {
  checkChroma(out);
  checkChroma(truth);
  checkSameSize(out, truth);
  const mse = (sumOfSquares(out.u, truth.u) + sumOfSquares(out.v, truth.v)) / (out.u.length * 2);
  return 10 * Math.log10((PEAK * PEAK) / mse);
}
