import { type Image, checkImage } from './image.js';

/**
 * Colourfulness M̂⁽³⁾ of one picture: with `rg = R - G` and `yb = (R + G) / 2 - B`,
 * `√(σ²rg + σ²yb) + 0.3 · √(μ²rg + μ²yb)`. 0 for grey; 15 is slight, 45 is quite and 82 is highly colourful.
 * Source: Hasler and Süsstrunk, "Measuring colourfulness in natural images", Proc. SPIE 5007, 2003.
 * @throws QualityError `BAD_PICTURE`
 */
export function colourfulness(image: Image): number {
  checkImage(image);
  const { data } = image;
  const n = data.length / 3;
  let sumRg = 0;
  let sumYb = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i]!;
    const g = data[i + 1]!;
    const rg = r - g;
    const yb = (r + g) / 2 - data[i + 2]!;
    sumRg += rg;
    sumYb += yb;
    squares += rg * rg + yb * yb;
  }
  const meanSquare = (sumRg / n) ** 2 + (sumYb / n) ** 2;
  return Math.sqrt(Math.max(0, squares / n - meanSquare)) + 0.3 * Math.sqrt(meanSquare);
}

/** What rounding and compression make of grey stays below this. */
const LEAST_COLOURFULNESS = 1;

/**
 * Colourfulness of the output over that of the truth: 1 is as colourful, 0 is grey, above 1 is oversaturated. `undefined`
 * for a grey truth (below 1), which no output can be compared with.
 */
export function colourfulnessRatio(out: number, truth: number): number | undefined {
  return truth < LEAST_COLOURFULNESS ? undefined : out / truth;
}
