import sharp from 'sharp';
import { MediaError } from './media-error.js';
import { mergeChroma } from './picture-chroma.js';

/** A small frame in colour: three planes of width × height bytes, full-range BT.601 Y, Cb and Cr. */
export interface PreviewFrame {
  readonly luma: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The picture is made narrower when it is wider than this, in pixels. Default: it stays. */
  readonly maxWidth?: number;
}

/** The frame as a JPEG, in memory. @throws MediaError `INVALID_ARGUMENT` when the planes are not of that size. */
export async function renderPreview({ luma, u, v, width, height, maxWidth = width }: PreviewFrame): Promise<Buffer> {
  const sizes = [luma, u, v].map((plane) => plane.length);
  if (sizes.some((size) => size !== width * height) || !(maxWidth >= 1))
    throw new MediaError(
      'INVALID_ARGUMENT',
      `A preview of ${width} × ${height} pixels, ${maxWidth} at most, cannot be made of planes with ${sizes.join(', ')} bytes.`,
    );
  const data = mergeChroma({ luma, alpha: undefined, u, v, saturation: 1 });
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: Math.floor(maxWidth), withoutEnlargement: true })
    .jpeg({ quality: 80 })
    .toBuffer();
}
