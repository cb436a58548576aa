import { type Image, checkSameSize } from './image.js';
import { rgbToLab } from './lab.js';

const DEGREES = 180 / Math.PI;
const RADIANS = Math.PI / 180;
const POW_25_7 = 25 ** 7;

/** `√(C⁷ / (C⁷ + 25⁷))`, written out because a general power is the dearest call here. */
function chromaRoot(c: number): number {
  const c3 = c * c * c;
  const c7 = c3 * c3 * c;
  return Math.sqrt(c7 / (c7 + POW_25_7));
}

function hueDegrees(a: number, b: number): number {
  if (a === 0 && b === 0) return 0;
  const hue = Math.atan2(b, a) * DEGREES;
  return hue < 0 ? hue + 360 : hue;
}

/**
 * The CIEDE2000 colour difference of two L*a*b* colours with kL = kC = kH = 1: 0 is equal, about 1 is just visible,
 * black to white is 100.
 * Source: Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula: implementation notes, supplementary test
 * data, and mathematical observations", Color Research and Application 30(1), 2005.
 */
export function deltaE2000(l1: number, a1: number, b1: number, l2: number, a2: number, b2: number): number {
  const meanC = (Math.sqrt(a1 * a1 + b1 * b1) + Math.sqrt(a2 * a2 + b2 * b2)) / 2;
  const stretch = 1 + 0.5 * (1 - chromaRoot(meanC));
  const p1 = a1 * stretch;
  const p2 = a2 * stretch;
  const c1 = Math.sqrt(p1 * p1 + b1 * b1);
  const c2 = Math.sqrt(p2 * p2 + b2 * b2);
  const h1 = hueDegrees(p1, b1);
  const h2 = hueDegrees(p2, b2);

  // A colour without chroma has no hue: its pair's then counts alone (both angles are summed, not averaged).
  const hueless = c1 * c2 === 0;
  let hueStep = hueless ? 0 : h2 - h1;
  let hue = h1 + h2;
  if (!hueless) {
    const apart = Math.abs(h1 - h2) > 180;
    if (hueStep > 180) hueStep -= 360;
    else if (hueStep < -180) hueStep += 360;
    if (apart) hue += hue < 360 ? 360 : -360;
    hue /= 2;
  }

  const dL = l2 - l1;
  const dC = c2 - c1;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((hueStep / 2) * RADIANS);
  const lightness = (l1 + l2) / 2 - 50;
  const chroma = (c1 + c2) / 2;
  const h = hue * RADIANS;
  const t =
    1 -
    0.17 * Math.cos(h - 30 * RADIANS) +
    0.24 * Math.cos(2 * h) +
    0.32 * Math.cos(3 * h + 6 * RADIANS) -
    0.2 * Math.cos(4 * h - 63 * RADIANS);
  const sL = 1 + (0.015 * lightness * lightness) / Math.sqrt(20 + lightness * lightness);
  const sC = 1 + 0.045 * chroma;
  const sH = 1 + 0.015 * chroma * t;
  const bump = (hue - 275) / 25;
  const rotation = -2 * chromaRoot(chroma) * Math.sin(60 * RADIANS * Math.exp(-bump * bump));
  const x = dL / sL;
  const y = dC / sC;
  const z = dH / sH;
  return Math.sqrt(Math.max(0, x * x + y * y + z * z + rotation * y * z));
}

/**
 * Mean CIEDE2000 difference over the pixels of two sRGB pictures (D65), in ΔE units; lower is better, 0 is identical.
 * @throws QualityError `BAD_PICTURE`, `SIZE_MISMATCH`
 */
export function ciede2000(out: Image, truth: Image): number {
  const { lab: p } = rgbToLab(out);
  const { lab: q } = rgbToLab(truth);
  checkSameSize(out, truth);
  let sum = 0;
  for (let i = 0; i < p.length; i += 3) {
    sum += deltaE2000(p[i]!, p[i + 1]!, p[i + 2]!, q[i]!, q[i + 1]!, q[i + 2]!);
  }
  return sum / (p.length / 3);
}
