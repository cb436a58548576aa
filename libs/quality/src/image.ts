import { QualityError } from './quality-error.js';

/** Width and height in pixels, both positive integers. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An sRGB picture: row-major, three bytes (R, G, B) a pixel, 0..255; `data.length` is `width * height * 3`. */
export interface Image extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** One value a pixel, row-major, on the 0..255 scale; floats may carry fractions. */
export type Plane = Uint8Array | Uint8ClampedArray | Float32Array;

/** Blue-difference (U) and red-difference (V) chroma, 0..255 with 128 as neutral; `length` is `width * height`. */
export interface ChromaPlanes<P extends Plane = Plane> extends Size {
  readonly u: P;
  readonly v: P;
}

/** Luma (0..255) beside its chroma, all three planes at full resolution. */
export interface Yuv<P extends Plane = Plane> extends ChromaPlanes<P> {
  readonly y: P;
}

const checkSize = ({ width, height }: Size): void => {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new QualityError(
      'BAD_PICTURE',
      `A picture of ${width}x${height} has no pixels: give positive whole numbers.`,
    );
  }
};

const checkLength = (name: string, length: number, size: Size, channels: number): void => {
  const expected = size.width * size.height * channels;
  if (length !== expected) {
    throw new QualityError(
      'BAD_PICTURE',
      `${name} has ${length} values, but ${size.width}x${size.height} with ${channels} a pixel needs ${expected}.`,
    );
  }
};

/** @throws QualityError `BAD_PICTURE` when the size is not positive or the data has another length. */
export function checkImage(image: Image): void {
  checkSize(image);
  checkLength('The picture data', image.data.length, image, 3);
}

/** @throws QualityError `BAD_PICTURE` when the size is not positive or a plane has another length. */
export function checkChroma(chroma: ChromaPlanes): void {
  checkSize(chroma);
  checkLength('The U plane', chroma.u.length, chroma, 1);
  checkLength('The V plane', chroma.v.length, chroma, 1);
}

/** @throws QualityError `BAD_PICTURE` when the size is not positive or a plane has another length. */
export function checkYuv(yuv: Yuv): void {
  checkChroma(yuv);
  checkLength('The Y plane', yuv.y.length, yuv, 1);
}

/** @throws QualityError `SIZE_MISMATCH` unless both have the same width and height. */
export function checkSameSize(out: Size, truth: Size): void {
  if (out.width !== truth.width || out.height !== truth.height) {
    throw new QualityError(
      'SIZE_MISMATCH',
      `The output is ${out.width}x${out.height} and the truth ${truth.width}x${truth.height}: scale one to the other first.`,
    );
  }
}
