import type { Image } from '@kinemacolor/quality';
import sharp from 'sharp';

/** Decodes one picture to 8-bit sRGB, upright. @throws Error of sharp for what it cannot read */
export async function readRgb(file: string): Promise<Image> {
  const { data, info } = await sharp(file)
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
