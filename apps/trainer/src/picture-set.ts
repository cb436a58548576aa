import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { rgbToYuv, type Image, type Yuv } from '@kinemacolor/quality';

/** One training picture: bytes of full-range BT.601 Y, U and V at full size. */
export interface TrainingPicture {
  readonly name: string;
  readonly yuv: Yuv<Uint8Array>;
}

export interface PictureSet {
  readonly pictures: readonly TrainingPicture[];
  /** Names of files that could not be decoded. */
  readonly unreadable: readonly string[];
  /** Names of pictures left out because they hold no colours to learn: grey, or one hue (sepia). */
  readonly colourless: readonly string[];
}

const PICTURE = /\.(jpe?g|png|webp)$/i;

/** The pictures of a folder, by name, not looked into. */
export async function listPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => PICTURE.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

/** Decodes one picture to 8-bit sRGB, upright. */
export async function readRgb(file: string): Promise<Image> {
  const { data, info } = await sharp(file)
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Decodes a folder, or the files of it whose names `match`, into memory; files that are damaged or colourless are left out and named. */
export async function loadPictures(
  folder: string,
  { match, atOnce = 4 }: { match?: string | undefined; atOnce?: number } = {},
): Promise<PictureSet> {
  const wanted = new RegExp(match ?? '');
  const files = (await listPictures(folder)).filter((file) => wanted.test(path.basename(file)));
  const pictures: (TrainingPicture | undefined)[] = new Array<undefined>(files.length);
  const unreadable: string[] = [];
  const colourless: string[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      const file = files[i]!;
      const name = path.basename(file);
      const image = await readRgb(file).catch((error: unknown) => {
        unreadable.push(`${name} (${error instanceof Error ? error.message : String(error)})`);
        return undefined;
      });
      if (image === undefined) continue;
      const yuv = rgbToYuv(image);
      if (isColourless(yuv)) colourless.push(name);
      else pictures[i] = { name, yuv };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { pictures: pictures.filter((picture) => picture !== undefined), unreadable, colourless };
}

/** Levels of chroma, root mean square, under which a picture teaches only that things are grey or brown. */
const LEAST_CHROMA = 3;
const LEAST_HUE_SPREAD = 1.5;

/** Grey when chroma is small; sepia when all of it lies along one direction of the U, V plane. */
export function isColourless({ u, v }: Pick<Yuv<Uint8Array>, 'u' | 'v'>): boolean {
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
