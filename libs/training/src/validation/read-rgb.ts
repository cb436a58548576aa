import type { Image } from '@kinemacolor/quality';
import sharp from 'sharp';

/**
 * Largest short side, pixels, at which pictures are measured: colours are painted at some 256 pixels, and a photograph of
 * a phone takes twenty times as long to compare for the same figures.
 */
export const MEASURED_SIDE = 512;

/** Decodes one picture to 8-bit sRGB, upright, its short side at most {@link MEASURED_SIDE}. @throws Error of sharp for what it cannot read */
export async function readRgb(file: string): Promise<Image> {
  const { data, info } = await sharp(file)
    .rotate()
    .resize(MEASURED_SIDE, MEASURED_SIDE, { fit: 'outside', withoutEnlargement: true })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
