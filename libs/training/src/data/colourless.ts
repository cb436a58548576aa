/** Levels of chroma, root mean square, under which a picture teaches only that things are grey or brown. */
const LEAST_CHROMA = 3;
const LEAST_HUE_SPREAD = 1.5;

/** Why such a picture is passed over. */
export const NO_COLOURS = 'no colours to learn (grey or sepia)';

/** Grey when chroma is small; sepia when all of it lies along one direction of the U, V plane. */
export function isColourless(u: Uint8Array, v: Uint8Array): boolean {
  let uu = 0;
  let uv = 0;
  let vv = 0;
  for (let i = 0; i < u.length; i++) {
    const a = u[i]! - 128;
    const b = v[i]! - 128;
    uu += a * a;
    uv += a * b;
    vv += b * b;
  }
  const n = u.length;
  const half = (uu + vv) / (2 * n);
  const root = Math.sqrt(((uu - vv) / (2 * n)) ** 2 + (uv / n) ** 2);
  return Math.sqrt(half * 2) < LEAST_CHROMA || Math.sqrt(Math.max(0, half - root)) < LEAST_HUE_SPREAD;
}
