import { describe, expect, it } from 'vitest';

import { renderSizeFor } from './render-size.js';

describe('renderSizeFor', () => {
  it.each([
    [{ width: 1920, height: 1080 }, 256, { width: 448, height: 256 }],
    [{ width: 1080, height: 1920 }, 256, { width: 256, height: 448 }],
    [{ width: 640, height: 480 }, 256, { width: 352, height: 256 }],
    [{ width: 256, height: 256 }, 256, { width: 256, height: 256 }],
    [{ width: 100, height: 100 }, 130, { width: 128, height: 128 }],
    [{ width: 333, height: 97 }, 64, { width: 224, height: 64 }],
    [{ width: 3000, height: 8 }, 256, { width: 1024, height: 256 }],
    [{ width: 2, height: 4000 }, 256, { width: 256, height: 1024 }],
    [{ width: 320, height: 180 }, 1, { width: 32, height: 32 }],
  ])('%j with a short side of %d', (picture, short, size) => {
    expect(renderSizeFor(picture, short)).toEqual(size);
  });

  it('gives sides that the generator takes, near the shape of the picture', () => {
    for (let width = 17; width < 2000; width += 61) {
      const size = renderSizeFor({ width, height: 300 }, 128);
      expect(size.width % 32).toBe(0);
      expect(size.height % 32).toBe(0);
      expect(Math.min(size.width, size.height)).toBe(128);
      const exact = Math.min(512, (128 * Math.max(width, 300)) / Math.min(width, 300));
      expect(Math.abs(Math.max(size.width, size.height) - exact)).toBeLessThanOrEqual(16);
    }
  });
});
