/** Sides are multiples of this: what recognises things in a generator halves the picture five times. */
const STEP = 32;
/** A picture longer than this times its short side is squeezed: a strip must not cost more than a picture. */
const LONGEST = 4;

/**
 * The size at which the generator sees a picture: the short side as asked, the long side by the picture's shape, both
 * rounded to multiples of 32. Pictures longer than 4 : 1 are squeezed to that.
 * @param short wanted short side, pixels
 */
export function renderSizeFor(
  picture: { readonly width: number; readonly height: number },
  short: number,
): { width: number; height: number } {
  const scale = short / Math.min(picture.width, picture.height);
  const side = (size: number): number => {
    const wanted = Math.min(size * scale, LONGEST * short);
    return Math.max(STEP, Math.round(wanted / STEP) * STEP);
  };
  return { width: side(picture.width), height: side(picture.height) };
}
