import { rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { areaScale } from './area-scale.js';
import { checkReadable } from './check-readable.js';
import { MediaError } from './media-error.js';
import { mergeChroma, type SmallChroma } from './picture-chroma.js';

/** A still picture: upright, 8 bits, sRGB. */
export interface Picture {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** width × height bytes, full-range BT.601 luma: 0.299 R + 0.587 G + 0.114 B. */
  readonly luma: Uint8Array;
  /** width × height bytes, 255 opaque; `undefined` when the picture has no transparency. */
  readonly alpha: Uint8Array | undefined;
}

const maxPixels = 300_000_000;

/** Reads a picture. @throws MediaError `NOT_FOUND`, `UNREADABLE`, `IS_DIRECTORY`, `EMPTY_FILE`, `NOT_MEDIA`, `TOO_LARGE`, `DAMAGED`. */
export async function readPicture(path: string): Promise<Picture> {
  const found = await stat(path).catch((thrown: unknown) => {
    throw MediaError.from(thrown, path);
  });
  if (found.isDirectory()) throw new MediaError('IS_DIRECTORY', `${path}: is a folder, not a picture.`, { path });
  if (found.size === 0)
    throw new MediaError('EMPTY_FILE', `${path}: is empty (0 bytes). Copy it again from where it came.`, { path });
  await checkReadable(path);
  try {
    // `rotate` without an angle applies the EXIF orientation; `toColourspace` converts by the embedded profile.
    const image = sharp(path, { limitInputPixels: maxPixels, failOn: 'error' }).rotate().toColourspace('srgb');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { path, width: info.width, height: info.height, ...planes(data, info.channels) };
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

function planes(data: Buffer, channels: number): { luma: Uint8Array; alpha: Uint8Array | undefined } {
  const size = data.length / channels;
  const luma = new Uint8Array(size);
  const alpha = channels === 2 || channels === 4 ? new Uint8Array(size) : undefined;
  for (let pixel = 0, at = 0; pixel < size; pixel += 1, at += channels) {
    const red = data[at]!;
    luma[pixel] = channels < 3 ? red : Math.round(0.299 * red + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!);
    if (alpha !== undefined) alpha[pixel] = data[at + channels - 1]!;
  }
  return { luma, alpha };
}

/** The picture's luma, scaled to width × height by area. */
export function lumaAt(picture: Picture, width: number, height: number): Uint8Array {
  return areaScale(picture.luma, picture.width, picture.height, width, height);
}

export interface WritePictureOptions {
  /** Multiplies the distance from neutral. Default 1. */
  readonly saturation?: number;
  /** 1 to 100, for jpg, webp and avif. Default 92. */
  readonly quality?: number;
}

/**
 * Writes the picture in colour: its own luma, the small chroma scaled up. The extension chooses the format (png, jpg,
 * webp, tiff, avif). Written beside and renamed, so that the name never holds half a picture.
 * @throws MediaError `UNSUPPORTED`, `OUTPUT_UNWRITABLE`, `DISK_FULL`.
 */
export async function writePicture(
  picture: Picture,
  chroma: SmallChroma,
  output: string,
  options: WritePictureOptions = {},
): Promise<void> {
  await save(await colourImage(picture, chroma, options), output, options.quality ?? 92);
}

/** Writes grey and colour side by side. Like `writePicture`. */
export async function writePictureComparison(
  picture: Picture,
  chroma: SmallChroma,
  output: string,
  options: WritePictureOptions = {},
): Promise<void> {
  const { width, height } = picture;
  const left = await grey(picture.luma, width, height).toColourspace('srgb').png({ compressionLevel: 0 }).toBuffer();
  const right = await (await colourImage(picture, chroma, options)).png({ compressionLevel: 0 }).toBuffer();
  const both = sharp({ create: { width: width * 2, height, channels: 3, background: 'white' } }).composite([
    { input: left, left: 0, top: 0 },
    { input: right, left: width, top: 0 },
  ]);
  await save(both, output, options.quality ?? 92);
}

async function colourImage(
  picture: Picture,
  chroma: SmallChroma,
  { saturation = 1 }: WritePictureOptions,
): Promise<Sharp> {
  const { width, height } = picture;
  const [u, v] = await Promise.all([chroma.u, chroma.v].map((plane) => enlarge(plane, chroma, width, height)));
  const data = mergeChroma({ luma: picture.luma, alpha: picture.alpha, u: u!, v: v!, saturation });
  return sharp(data, { raw: { width, height, channels: picture.alpha === undefined ? 3 : 4 } });
}

async function enlarge(
  plane: Uint8Array,
  { width, height }: SmallChroma,
  toWidth: number,
  toHeight: number,
): Promise<Uint8Array> {
  if (plane.length !== width * height)
    throw new MediaError('INVALID_ARGUMENT', `A chroma plane has ${plane.length} bytes, not ${width} × ${height}.`);
  const scaled = grey(plane, width, height).resize(toWidth, toHeight, { fit: 'fill', kernel: 'cubic' });
  return new Uint8Array(await scaled.toColourspace('b-w').raw().toBuffer());
}

function grey(plane: Uint8Array, width: number, height: number): Sharp {
  return sharp(plane, { raw: { width, height, channels: 1 } });
}

async function save(image: Sharp, output: string, quality: number): Promise<void> {
  const extension = extname(output).toLowerCase();
  const beside = join(dirname(output), `.${Date.now().toString(36)}-${process.pid}.kinemacolor-part${extension}`);
  try {
    await inFormat(image, extension, quality, output).toFile(beside);
    await rename(beside, output);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw unwritable(output, thrown);
  }
}

function inFormat(image: Sharp, extension: string, quality: number, output: string): Sharp {
  switch (extension) {
    case '.png':
      return image.png();
    case '.jpg':
    case '.jpeg':
      return image.flatten({ background: 'white' }).jpeg({ quality, chromaSubsampling: '4:4:4' });
    case '.webp':
      return image.webp({ quality });
    case '.tif':
    case '.tiff':
      return image.tiff({ compression: 'lzw' });
    case '.avif':
      return image.avif({ quality });
    default:
      throw new MediaError(
        'UNSUPPORTED',
        `${output}: pictures are written as png, jpg, webp, tiff or avif. Choose one of these extensions.`,
        { path: output },
      );
  }
}

function unreadable(path: string, thrown: unknown): MediaError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const details = { path };
  if (/exceeds pixel limit/i.test(message))
    return new MediaError('TOO_LARGE', `${path}: has more than ${maxPixels} pixels.`, details, { cause: thrown });
  if (/unsupported image format|missing/i.test(message)) {
    return new MediaError(
      'NOT_MEDIA',
      `${path}: is not a picture that can be read. Give png, jpg, webp, tiff or avif.`,
      details,
      { cause: thrown },
    );
  }
  return new MediaError('DAMAGED', `${path}: the picture is damaged: ${message.split('\n')[0] ?? ''}.`, details, {
    cause: thrown,
  });
}

function unwritable(path: string, thrown: unknown): MediaError {
  if (thrown instanceof MediaError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/No space left|ENOSPC/.test(message))
    return new MediaError(
      'DISK_FULL',
      `${path}: no space left on the disk. Make room and try again.`,
      { path },
      { cause: thrown },
    );
  return new MediaError(
    'OUTPUT_UNWRITABLE',
    `${path}: cannot be written (${message.split('\n')[0] ?? ''}). Check that the folder exists and may be written to.`,
    { path },
    { cause: thrown },
  );
}
