import { histogramOf, type GreyPlane } from './grey-plane.js';

/** A picture without anything lighter than this, but for 2 % of it, is black. Levels of 255. */
const BLACK = 32;
const LIGHT_SHARE = 0.02;
/** Fewer levels between the darkest and the lightest 1 %: a fade to white, a colour card. */
const LEAST_RANGE = 12;

/** Black, or of one level all over. */
export function isBlank(picture: GreyPlane): boolean {
  const counts = histogramOf(picture);
  const level = (share: number): number => quantile(counts, share * picture.luma.length);
  return level(1 - LIGHT_SHARE) < BLACK || level(0.99) - level(0.01) < LEAST_RANGE;
}

function quantile(counts: Uint32Array, pixels: number): number {
  let seen = 0;
  return counts.findIndex((count) => (seen += count) >= pixels);
}
