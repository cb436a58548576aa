import type { ChromaPlanes, Image, Size } from './image.js';
import { rgbToYuv, yuvToRgb } from './yuv.js';

/** The *grey* baseline: no colour at all, U = V = 128. */
export function greyChroma({ width, height }: Size): ChromaPlanes<Uint8Array> {
  const n = width * height;
  return { width, height, u: new Uint8Array(n).fill(128), v: new Uint8Array(n).fill(128) };
}

/**
 * The *grey* baseline of a picture: its own rounded luma in all three channels.
 * @throws QualityError `BAD_PICTURE`
 */
export function greyImage(image: Image): Image {
  const { width, height, y } = rgbToYuv(image);
  return yuvToRgb({ ...greyChroma({ width, height }), y });
}
