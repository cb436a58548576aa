import { normal, smoothField, uniform } from './random.js';

/** Planes of one picture, levels, fractions kept. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly y: Float32Array;
  readonly u: Float32Array;
  readonly v: Float32Array;
}

interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly lift: number;
  readonly u: number;
  readonly v: number;
}

/**
 * A made-up scene with known chroma: discs of flat colour on a ground whose colour drifts, all with texture in the luma.
 * Discs differ from what is behind them in luma as well, some of them by little.
 */
export function scene(width: number, height: number, seed: number): Planes {
  const random = uniform(seed);
  const gaussian = normal(seed + 1);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const discs = Array.from({ length: Math.round((width * height) / 5000) }, () => disc(width, height, between));
  const coarse = smoothField(width, height, 24, gaussian);
  const fine = smoothField(width, height, 5, gaussian);
  const tint = smoothField(width, height, 90, gaussian);
  const planes = { width, height, y: new Float32Array(width * height), u: new Float32Array(width * height), v: new Float32Array(width * height) }; // prettier-ignore
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const on = discs.findLast((d) => (x - d.x) ** 2 + (y - d.y) ** 2 < d.radius ** 2);
      planes.y[i] = Math.min(235, Math.max(20, 120 + 14 * coarse[i]! + 7 * fine[i]! + (on?.lift ?? 0)));
      planes.u[i] = on?.u ?? 128 + 10 * tint[i]!;
      planes.v[i] = on?.v ?? 128 - 8 * tint[i]!;
    }
  }
  return planes;
}

function disc(width: number, height: number, between: (low: number, high: number) => number): Disc {
  const lift = between(8, 50) * (between(0, 1) < 0.5 ? -1 : 1);
  const [x, y, radius] = [between(0, width), between(0, height), between(10, 36)];
  return { x, y, radius, lift, u: between(88, 168), v: between(88, 168) };
}

/** The part of the scene that a camera at (left, top) sees; positions between pixels are interpolated. */
export function view(from: Planes, left: number, top: number, width: number, height: number): Planes {
  const [x0, y0] = [Math.floor(left), Math.floor(top)];
  const [right, down] = [left - x0, top - y0];
  const cut = (plane: Float32Array): Float32Array => {
    const out = new Float32Array(width * height);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0, j = (y0 + y) * from.width + x0; x < width; x++, i++, j++) {
        const above = plane[j]! + right * (plane[j + 1]! - plane[j]!);
        const below = plane[j + from.width]! + right * (plane[j + from.width + 1]! - plane[j + from.width]!);
        out[i] = above + down * (below - above);
      }
    }
    return out;
  };
  return { width, height, y: cut(from.y), u: cut(from.u), v: cut(from.v) };
}
