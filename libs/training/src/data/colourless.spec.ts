import { describe, expect, it } from 'vitest';
import { isColourless } from './colourless.js';

const planes = (chroma: (i: number) => readonly [number, number]): [Uint8Array, Uint8Array] => [
  Uint8Array.from({ length: 900 }, (_, i) => 128 + chroma(i)[0]),
  Uint8Array.from({ length: 900 }, (_, i) => 128 + chroma(i)[1]),
];

describe('isColourless', () => {
  it('is true for grey, for nearly grey, and for one hue however strong', () => {
    expect(isColourless(...planes(() => [0, 0]))).toBe(true);
    expect(isColourless(...planes((i) => [i % 3, (i >> 2) % 3]))).toBe(true);
    expect(isColourless(...planes((i) => [-(i % 60), i % 60]))).toBe(true);
  });

  it('is false for two hues, even where one is rare', () => {
    expect(isColourless(...planes((i) => (i % 2 === 0 ? [30, 0] : [0, 30])))).toBe(false);
    expect(isColourless(...planes((i) => (i % 30 === 0 ? [30, 20] : [-20, 20])))).toBe(false);
  });
});
