import { expect, it } from 'vitest';

import { rgbToLab } from './lab.js';

// From scikit-image's rgb2lab; its white and its matrix have fewer digits, hence the tolerance of 0.01.
it.each([
  [0, 0, 0, 0, 0, 0],
  [255, 255, 255, 100, 0, 0],
  [255, 0, 0, 53.24059, 80.09231, 67.20275],
  [0, 255, 0, 87.7351, -86.18303, 83.1797],
  [0, 0, 255, 32.29567, 79.18559, -107.8573],
  [128, 128, 128, 53.58501, 0, 0],
  [3, 7, 1, 1.56726, -1.88038, 1.90222],
  [200, 120, 40, 57.91229, 25.29522, 54.08278],
  [17, 99, 180, 41.74564, 8.23182, -49.26738],
])('sRGB %d, %d, %d is Lab %d, %d, %d', (r, g, b, ...expected) => {
  const { lab } = rgbToLab({ width: 1, height: 1, data: Uint8Array.of(r, g, b) });
  for (const [i, value] of expected.entries()) expect(Math.abs(lab[i]! - value)).toBeLessThan(0.01);
});
