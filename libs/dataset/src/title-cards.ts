import { histogramOf, type GreyPlane } from './grey-plane.js';

/** Ground and letters differ by at least this, levels. */
const LEAST_CONTRAST = 70;
/** The ground takes at least this share of the card. */
const LEAST_GROUND = 0.8;
/**
 * Levels between the darkest and the lightest tenth of the ground; its edges to letters lie beyond. A card on a painted
 * ground is missed rather than a picture lost: `title-cards.spec.ts` counts both on real pictures.
 */
const MOST_UNEVEN = 6;
/** Share of pixels that are neither ground nor letter: the edges of letters, no more. */
const MOST_MIDTONES = 0.12;
/** A line with letters on it goes from ground to letter and back many times; the edge of a thing on black does not. */
const LEAST_CROSSINGS = 10;

/** A card with words: nearly two levels, little between them, and many strokes beside each other. */
export function isTitleCard(picture: GreyPlane): boolean {
  const counts = histogramOf(picture);
  const edge = otsuThreshold(counts);
  const [dark, light] = [statistics(counts, 0, edge), statistics(counts, edge, 256)];
  const [ground, contrast] = [dark.pixels > light.pixels ? dark : light, light.mean - dark.mean];
  const all = picture.luma.length;
  if (contrast < LEAST_CONTRAST || ground.pixels < LEAST_GROUND * all || ground.spread > MOST_UNEVEN) return false;
  const between = statistics(counts, Math.ceil(dark.mean + contrast / 4), Math.floor(light.mean - contrast / 4));
  return between.pixels <= MOST_MIDTONES * all && crossingsALine(picture, edge) >= LEAST_CROSSINGS;
}

/** The level that parts the pixels best into two classes (Otsu 1979). */
function otsuThreshold(counts: Uint32Array): number {
  const total = statistics(counts, 0, 256);
  let [best, threshold, pixels, sum] = [-1, 128, 0, 0];
  for (let level = 0; level < 255; level++) {
    pixels += counts[level]!;
    sum += level * counts[level]!;
    const rest = total.pixels - pixels;
    if (pixels === 0 || rest === 0) continue;
    const apart = sum / pixels - (total.pixels * total.mean - sum) / rest;
    const variance = pixels * rest * apart * apart;
    if (variance > best) [best, threshold] = [variance, level + 1];
  }
  return threshold;
}

interface LevelStatistics {
  readonly pixels: number;
  readonly mean: number;
  /** Levels from the first tenth of them to the last. */
  readonly spread: number;
}

/** Of the pixels with levels from `low` to below `high`. */
function statistics(counts: Uint32Array, low: number, high: number): LevelStatistics {
  let [pixels, sum] = [0, 0];
  for (let level = low; level < high; level++) {
    pixels += counts[level]!;
    sum += level * counts[level]!;
  }
  if (pixels === 0) return { pixels, mean: low, spread: 0 };
  let [below, first, last] = [0, low, low];
  for (let level = low; level < high; level++) {
    if (below < 0.1 * pixels) first = level;
    if (below < 0.9 * pixels) last = level;
    below += counts[level]!;
  }
  return { pixels, mean: sum / pixels, spread: last - first };
}

/** How often a row changes sides, in the mean of the rows that do at all. */
function crossingsALine({ width, height, luma }: GreyPlane, edge: number): number {
  let [crossings, rows] = [0, 0];
  for (let y = 0; y < height; y++) {
    let own = 0;
    for (let i = y * width + 1; i < (y + 1) * width; i++) {
      if (luma[i]! >= edge !== luma[i - 1]! >= edge) own += 1;
    }
    crossings += own;
    if (own > 0) rows += 1;
  }
  return rows === 0 ? 0 : crossings / rows;
}
