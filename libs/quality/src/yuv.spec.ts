import { describe, expect, it } from 'vitest';

import type { Image } from './image.js';
import { QualityError } from './quality-error.js';
import { chromaPlanes, rgbToYuv, rgbToYuvFloat, yuvToRgb } from './yuv.js';

const pixel = (r: number, g: number, b: number): Image => ({ width: 1, height: 1, data: Uint8Array.of(r, g, b) });

/** Every fifth level of each channel, both ends included: 52³ colours. */
function cube(): Image {
  const levels = Array.from({ length: 52 }, (_, i) => i * 5);
  const data = levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b])));
  return { width: 52 * 52, height: 52, data: Uint8Array.from(data) };
}

function largestDifference(a: Image, b: Image): number {
  let largest = 0;
  for (const [i, value] of a.data.entries()) largest = Math.max(largest, Math.abs(value - b.data[i]!));
  return largest;
}

describe('full-range BT.601', () => {
  it('gives the JFIF values of the primaries', () => {
    const red = rgbToYuvFloat(pixel(255, 0, 0));
    expect(red.y[0]).toBeCloseTo(76.245, 3);
    expect(red.u[0]).toBeCloseTo(84.97232, 3);
    expect(red.v[0]).toBeCloseTo(255.5, 3);
    const blue = rgbToYuv(pixel(0, 0, 255));
    expect([blue.y[0], blue.u[0], blue.v[0]]).toEqual([29, 255, 107]);
    const green = rgbToYuv(pixel(0, 255, 0));
    expect([green.y[0], green.u[0], green.v[0]]).toEqual([150, 44, 21]);
  });

  it('keeps grey exactly neutral', () => {
    for (let level = 0; level < 256; level++) {
      const { u, v } = chromaPlanes(pixel(level, level, level));
      expect([u[0], v[0]]).toEqual([128, 128]);
    }
  });

  it('round-trips every colour within one level through bytes, and exactly through floats', () => {
    const colours = cube();
    expect(largestDifference(yuvToRgb(rgbToYuv(colours)), colours)).toBeLessThanOrEqual(1);
    expect(largestDifference(yuvToRgb(rgbToYuvFloat(colours)), colours)).toBe(0);
  });

  it('clips chroma that sRGB does not have', () => {
    const out = yuvToRgb({
      width: 1,
      height: 1,
      y: Uint8Array.of(250),
      u: Uint8Array.of(255),
      v: Uint8Array.of(255),
    });
    expect([...out.data]).toEqual([255, 116, 255]);
  });

  it('says what is wrong with a picture of the wrong length', () => {
    const broken: Image = { width: 2, height: 2, data: new Uint8Array(9) };
    expect(() => rgbToYuv(broken)).toThrow(QualityError);
    expect(() => rgbToYuv(broken)).toThrow('9 values, but 2x2 with 3 a pixel needs 12');
    expect(() => rgbToYuv({ width: 0, height: 2, data: new Uint8Array(0) })).toThrow('has no pixels');
    const plane = new Uint8Array(4);
    expect(() => yuvToRgb({ width: 2, height: 2, y: new Uint8Array(3), u: plane, v: plane })).toThrow('The Y plane');
  });
});
