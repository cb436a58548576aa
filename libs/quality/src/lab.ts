import { type Image, checkImage } from './image.js';

/** CIE L*a*b* under D65: `lab` holds L (0..100), a and b (about ±128) for each pixel in turn, `width * height * 3`. */
export interface LabImage {
  readonly width: number;
  readonly height: number;
  readonly lab: Float32Array;
}

// D65 white of the 2° observer; the matrix is that of IEC 61966-2-1.
const WHITE_X = 0.95047;
const WHITE_Z = 1.08883;
const EPSILON = (6 / 29) ** 3;
const SLOPE = (29 / 6) ** 2 / 3;
const OFFSET = 4 / 29;

const linear = Float64Array.from({ length: 256 }, (_, level) => {
  const c = level / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
});

const f = (t: number): number => (t > EPSILON ? Math.cbrt(t) : SLOPE * t + OFFSET);

/**
 * sRGB bytes to CIE L*a*b* with the D65 white (0.95047, 1, 1.08883).
 * Source: IEC 61966-2-1 (sRGB to XYZ), CIE 15 (XYZ to Lab).
 * @throws QualityError `BAD_PICTURE`
 */
export function rgbToLab(image: Image): LabImage {
  checkImage(image);
  const { width, height, data } = image;
  const lab = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const r = linear[data[i]!]!;
    const g = linear[data[i + 1]!]!;
    const b = linear[data[i + 2]!]!;
    const fx = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE_X);
    const fy = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const fz = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE_Z);
    lab[i] = 116 * fy - 16;
    lab[i + 1] = 500 * (fx - fy);
    lab[i + 2] = 200 * (fy - fz);
  }
  return { width, height, lab };
}
