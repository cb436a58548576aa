/** Sides must be multiples of this: the generator halves the picture twice, and wide kernels like multiples of 8. */
const STEP = 8;

/**
 * The size at which the generator sees a picture: the short side as asked, the long side by the picture's shape, both
 * rounded to multiples of 8 and at least 16.
 * @param short wanted short side, pixels
 */
export function renderSizeFor(
  picture: { readonly width: number; readonly height: number },
  short: number,
): { width: number; height: number } {
  const scale = short / Math.min(picture.width, picture.height);
  const side = (size: number): number => Math.max(2 * STEP, Math.round((size * scale) / STEP) * STEP);
  return { width: side(picture.width), height: side(picture.height) };
}
