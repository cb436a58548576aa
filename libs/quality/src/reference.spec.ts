import { expect, it } from 'vitest';

import { cdc } from './cdc.js';
import { ChromaCorrelation } from './chroma-correlation.js';
import { ciede2000 } from './ciede2000.js';
import { colourfulness } from './colourfulness.js';
import type { Image } from './image.js';
import { lumaError } from './luma-error.js';
import { chromaPsnr, psnr } from './psnr.js';
import { chromaPlanes } from './yuv.js';

const WIDTH = 24;
const HEIGHT = 16;

/** Top bytes of a linear congruential generator (Numerical Recipes), so that other languages make the same picture. */
function noise(seed: number, divisor = 1): Image {
  let state = seed;
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return Math.floor((state >>> 24) / divisor);
  });
  return { width: WIDTH, height: HEIGHT, data };
}

const truth = noise(1);
const other = noise(2);
const out: Image = { ...truth, data: truth.data.map((value, i) => Math.floor((value * 3 + other.data[i]!) / 4)) };

// Every number below was computed with numpy, scipy and scikit-image on the same pixels.

it('PSNR agrees with scikit-image', () => {
  expect(psnr(out, truth)).toBeCloseTo(19.652839205458523, 9);
});

it('chroma PSNR agrees with numpy', () => {
  expect(chromaPsnr(chromaPlanes(out), chromaPlanes(truth))).toBeCloseTo(23.603338578929552, 5);
});

it('CIEDE2000 agrees with scikit-image', () => {
  expect(ciede2000(out, truth)).toBeCloseTo(10.621107311412029, 2);
});

it('colourfulness agrees with numpy', () => {
  expect(colourfulness(truth)).toBeCloseTo(137.0437190530814, 9);
  expect(colourfulness(out)).toBeCloseTo(106.86937528044844, 9);
});

it('chroma correlation of one picture agrees with scipy', () => {
  const correlation = new ChromaCorrelation();
  correlation.add(chromaPlanes(out), chromaPlanes(truth));
  expect(correlation.value()).toBeCloseTo(0.9459874101783785, 6);
});

it('luma error agrees with numpy', () => {
  const error = lumaError(out, truth);
  expect(error.mean).toBeCloseTo(14.98109375, 4);
  expect(error.max).toBeCloseTo(47.345, 4);
});

it('CDC agrees with scipy', () => {
  const frames = [1, 2, 3, 4, 5, 6].map((divisor) => noise(9 + divisor, divisor));
  expect(cdc(frames)).toBeCloseTo(0.26804867863108994, 9);
});
