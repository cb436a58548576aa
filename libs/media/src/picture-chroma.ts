/** Two small planes as a `ChromaFrame` has them: full-range BT.601 Cb and Cr, 128 neutral. */
export interface SmallChroma {
  readonly width: number;
  readonly height: number;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

export interface ChromaMerge {
  readonly luma: Uint8Array;
  readonly alpha: Uint8Array | undefined;
  /** As large as the luma. */
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  readonly saturation: number;
}

/**
 * RGB (or RGBA) bytes whose BT.601 luma is the given one, within a level: where a colour would leave 0..255, it is
 * drawn towards grey of the same luma instead of being clipped.
 */
export function mergeChroma({ luma, alpha, u, v, saturation }: ChromaMerge): Buffer {
  const channels = alpha === undefined ? 3 : 4;
  const data = Buffer.alloc(luma.length * channels);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel += 1, at += channels) {
    const y = luma[pixel]!;
    const cb = (u[pixel]! - 128) * saturation;
    const cr = (v[pixel]! - 128) * saturation;
    const red = 1.402 * cr;
    const green = -0.344136 * cb - 0.714136 * cr;
    const blue = 1.772 * cb;
    const keep = Math.min(1, room(y, red), room(y, green), room(y, blue));
    data[at] = Math.round(y + keep * red);
    data[at + 1] = Math.round(y + keep * green);
    data[at + 2] = Math.round(y + keep * blue);
    if (alpha !== undefined) data[at + 3] = alpha[pixel]!;
  }
  return data;
}

/** How much of a channel's difference from grey fits between 0 and 255; above 1 when all of it does. */
function room(y: number, difference: number): number {
  if (difference > 0) return (255 - y) / difference;
  return difference < 0 ? y / -difference : 1;
}
