/** A grey picture: width × height bytes of full-range BT.601 luma. */
export interface GreyPlane {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

/** The luma of width × height × 3 bytes of RGB. */
export function greyPlane(rgb: Uint8Array, width: number, height: number): GreyPlane {
  const luma = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < luma.length; i++, j += 3) {
    luma[i] = Math.round(0.299 * rgb[j]! + 0.587 * rgb[j + 1]! + 0.114 * rgb[j + 2]!);
  }
  return { width, height, luma };
}

/** How many pixels have each of the 256 levels. */
export function histogramOf({ luma }: GreyPlane): Uint32Array {
  const counts = new Uint32Array(256);
  for (const level of luma) counts[level] = counts[level]! + 1;
  return counts;
}
