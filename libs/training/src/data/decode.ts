import { rgbToYuv } from '@kinemacolor/quality';
import sharp from 'sharp';

/** Bytes of full-range BT.601 Y, U and V, one plane after another, in memory that threads share. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly bytes: SharedArrayBuffer;
}

/** Decodes one picture, a file or its bytes, to 8-bit, upright. @throws Error of sharp for what it cannot read */
export async function decode(file: string | Uint8Array): Promise<Planes> {
  const { data, info } = await sharp(file)
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const { y, u, v } = rgbToYuv({ width, height, data });
  const bytes = new SharedArrayBuffer(3 * width * height);
  const all = new Uint8Array(bytes);
  for (const [i, plane] of [y, u, v].entries()) all.set(plane, i * width * height);
  return { width, height, bytes };
}

export const planeOf = ({ width, height, bytes }: Planes, index: 0 | 1 | 2): Uint8Array =>
  new Uint8Array(bytes, index * width * height, width * height);
