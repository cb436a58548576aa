import { expect, it } from 'vitest';

import type { Image } from './image.js';
import { chromaPsnr, psnr } from './psnr.js';

const picture = (...data: number[]): Image => ({ width: data.length / 3, height: 1, data: Uint8Array.from(data) });

it('is Infinity for identical pictures', () => {
  expect(psnr(picture(1, 2, 3), picture(1, 2, 3))).toBe(Infinity);
});

it('is 0 dB from black to white, and 20 dB at a tenth of the peak', () => {
  expect(psnr(picture(0, 0, 0), picture(255, 255, 255))).toBeCloseTo(0, 12);
  const at = (level: number) => ({ width: 1, height: 1, u: Float32Array.of(level), v: Float32Array.of(level) });
  expect(chromaPsnr(at(100), at(125.5))).toBeCloseTo(20, 9);
});

it('refuses two sizes', () => {
  expect(() => psnr(picture(1, 2, 3), picture(1, 2, 3, 4, 5, 6))).toThrow('The output is 1x1 and the truth 2x1');
});
