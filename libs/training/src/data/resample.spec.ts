import { describe, expect, it } from 'vitest';
import { axisWeights, resample } from './resample.js';

const plane = (width: number, height: number, level: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) => level(i % width, Math.floor(i / width)));

const whole = (count: number, size: number, flip = false): ReturnType<typeof axisWeights> =>
  axisWeights(count, 0, size, size, flip);

/** One row of levels, taken at another number of pixels. */
const row = (levels: readonly number[], count: number): number[] => [
  ...resample(Uint8Array.from(levels), levels.length, whole(count, levels.length), whole(1, 1)),
];

describe('resample', () => {
  it('keeps what is constant, whatever part is taken', () => {
    const flat = plane(37, 23, () => 201);
    const parts = [axisWeights(16, 0, 37, 37, false), axisWeights(16, 3.3, 9.7, 37, true), axisWeights(50, 30, 7, 37, false)]; // prettier-ignore
    for (const columns of parts) {
      const out = resample(flat, 37, columns, axisWeights(9, 1.25, 20.5, 23, false));
      expect(out).toHaveLength(9 * (columns.from.length / columns.taps));
      expect(Math.max(...out.map((level) => Math.abs(level - 201)))).toBeLessThan(1e-3);
    }
  });

  it('has weights that sum to 1 and look only at pixels that there are', () => {
    for (const [count, start, length] of [
      [7, 0, 50],
      [64, 20.5, 29.5],
      [3, 49, 1],
    ] as const) {
      // prettier-ignore
      const { taps, from, weights } = axisWeights(count, start, length, 50, false);
      expect(Math.min(...from)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...from)).toBeLessThan(50);
      for (let i = 0; i < count; i++) {
        expect(weights.subarray(i * taps, (i + 1) * taps).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }
    }
  });

  it('gives the very picture at its own size', () => {
    const noise = plane(20, 10, (x, y) => (x * 71 + y * 113) % 256);
    expect([...resample(noise, 20, whole(20, 20), whole(10, 10))]).toEqual([...noise]);
  });

  it('makes a chequered board flat grey when it shrinks, without aliases', () => {
    const board = plane(64, 64, (x, y) => 255 * ((x + y) % 2));
    const out = resample(board, 64, whole(16, 64), whole(16, 64));
    for (const [i, level] of out.entries()) {
      const atEdge = [0, 15].includes(i % 16) || [0, 15].includes(Math.floor(i / 16));
      expect(Math.abs(level - 127.5)).toBeLessThan(atEdge ? 5 : 0.01);
    }
  });

  it('weighs by distance when it shrinks: the triangle is as wide as the step', () => {
    // The output pixel in the middle has its centre at 7.5; each input pixel counts 1 - distance / 5, over 5.
    const impulse = (at: number): number =>
      row(
        Array.from({ length: 15 }, (_, x) => (x === at ? 200 : 0)),
        3,
      )[1]!;
    const expected = (at: number): number => (200 * Math.max(0, 1 - Math.abs(at - 7) / 5)) / 5;
    for (let at = 0; at < 15; at++) expect(impulse(at)).toBeCloseTo(expected(at), 4);
  });

  it('is bilinear when it grows', () => {
    expect(row([0, 100], 4)).toEqual([0, 25, 75, 100]);
    const grown = resample(Uint8Array.of(0, 100, 200, 60), 2, whole(4, 2), whole(4, 2));
    expect(grown[0]).toBe(0);
    expect(grown[1 * 4 + 1]).toBeCloseTo(0.75 * 0.75 * 0 + 0.25 * 0.75 * 100 + 0.75 * 0.25 * 200 + 0.25 * 0.25 * 60, 4);
    expect(grown[3 * 4 + 3]).toBe(60);
  });

  it('mirrors the columns with a flip, and leaves the rows', () => {
    const noise = plane(30, 12, (x, y) => (x * 37 + y * 91) % 256);
    const [plain, flipped] = [false, true].map((flip) =>
      resample(noise, 30, axisWeights(8, 2.5, 21, 30, flip), axisWeights(5, 0, 12, 12, false)),
    ) as [Float32Array, Float32Array];
    for (let y = 0; y < 5; y++) {
      expect([...flipped.subarray(8 * y, 8 * y + 8)].reverse()).toEqual([...plain.subarray(8 * y, 8 * y + 8)]);
    }
    expect(flipped).not.toEqual(plain);
  });

  it('takes the part that it is asked for', () => {
    const ramp = plane(100, 1, (x) => 2 * x);
    const out = resample(ramp, 100, axisWeights(10, 40, 20, 100, false), whole(1, 1));
    // Ten pixels of 2 each from 40 on: centres at 40.5, 42.5, ...
    for (const [i, level] of out.entries()) expect(level).toBeCloseTo(2 * (40.5 + 2 * i), 3);
  });
});
