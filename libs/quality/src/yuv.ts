import { type ChromaPlanes, type Image, type Yuv, checkImage, checkYuv } from './image.js';

// ITU-T T.871 (JFIF), from the BT.601 luma weights: U = 128 + (B - Y) / 1.772, V = 128 + (R - Y) / 1.402.
const KR = 0.299;
const KG = 0.587;
const KB = 0.114;
const U_SCALE = 2 * (1 - KB);
const V_SCALE = 2 * (1 - KR);
const G_FROM_U = (KB * U_SCALE) / KG;
const G_FROM_V = (KR * V_SCALE) / KG;

type PlaneConstructor<P> = new (length: number) => P;

function split<P extends Float32Array | Uint8ClampedArray>(image: Image, planeType: PlaneConstructor<P>): Yuv<P> {
  checkImage(image);
  const { width, height, data } = image;
  const n = width * height;
  const y = new planeType(n);
  const u = new planeType(n);
  const v = new planeType(n);
  for (let i = 0, j = 0; i < n; i++, j += 3) {
    const r = data[j]!;
    const b = data[j + 2]!;
    const luma = KR * r + KG * data[j + 1]! + KB * b;
    y[i] = luma;
    u[i] = 128 + (b - luma) / U_SCALE;
    v[i] = 128 + (r - luma) / V_SCALE;
  }
  return { width, height, y, u, v };
}

const bytes = (plane: Uint8ClampedArray): Uint8Array => new Uint8Array(plane.buffer);

/**
 * Full-range BT.601 (JPEG) luma and chroma as bytes: rounded, Y 0..255, U and V 0..255 with 128 neutral. `yuvToRgb`
 * brings every colour back within 1 level a channel.
 * Source: ITU-T T.871 (JFIF), section 7.
 * @throws QualityError `BAD_PICTURE`
 */
export function rgbToYuv(image: Image): Yuv<Uint8Array> {
  const { width, height, y, u, v } = split(image, Uint8ClampedArray);
  return { width, height, y: bytes(y), u: bytes(u), v: bytes(v) };
}

/** As `rgbToYuv`, unrounded: Y 0..255, U and V 0.5..255.5. Metrics use this one, so that rounding is no error of theirs. */
export function rgbToYuvFloat(image: Image): Yuv<Float32Array> {
  return split(image, Float32Array);
}

/** The unrounded U and V (0.5..255.5, neutral 128) of a picture, as the chroma metrics take them. */
export function chromaPlanes(image: Image): ChromaPlanes<Float32Array> {
  const { width, height, u, v } = split(image, Float32Array);
  return { width, height, u, v };
}

/**
 * Full-range BT.601 back to sRGB bytes, rounded and clipped to 0..255. Planes may be bytes or floats. Chroma that no
 * sRGB colour has at that luma is clipped, which changes the luma of that pixel.
 * @throws QualityError `BAD_PICTURE`
 */
export function yuvToRgb(yuv: Yuv): Image {
  checkYuv(yuv);
  const { width, height, y, u, v } = yuv;
  const n = width * height;
  const clamped = new Uint8ClampedArray(n * 3);
  for (let i = 0, j = 0; i < n; i++, j += 3) {
    const luma = y[i]!;
    const blue = u[i]! - 128;
    const red = v[i]! - 128;
    clamped[j] = luma + V_SCALE * red;
    clamped[j + 1] = luma - G_FROM_U * blue - G_FROM_V * red;
    clamped[j + 2] = luma + U_SCALE * blue;
  }
  return { width, height, data: bytes(clamped) };
}
