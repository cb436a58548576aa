import { describe, expect, it } from 'vitest';
import { testPictures, whatIsWrong, type Tried } from './painted-well.js';

const SIDE = 32;
const plane = (value: (i: number) => number, length = SIDE * SIDE): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => value(i));
const tried = (u: Uint8Array, v: Uint8Array): Tried[] => [{ name: 'a gradient', pixels: SIDE * SIDE, chroma: { u, v } }]; // prettier-ignore
const some = plane((i) => 100 + (i % 50));

describe('what a model painted', () => {
  it('is right where it has colours', () => {
    expect(whatIsWrong(tried(some, some))).toBeUndefined();
    // One plane may be flat: a wash of blue and yellow is a poor model, not a broken one.
    expect(
      whatIsWrong(
        tried(
          some,
          plane(() => 128),
        ),
      ),
    ).toBeUndefined();
  });

  it('is wrong where it is of another size, of one colour, or at the ends of the range', () => {
    expect(whatIsWrong(tried(some, some.subarray(1)))).toMatch(/1023 of V/);
    expect(whatIsWrong(tried(plane(() => 128), plane(() => 90)))).toMatch(/one colour/); // prettier-ignore
    expect(
      whatIsWrong(
        tried(
          some,
          plane((i) => (i % 2) * 255),
        ),
      ),
    ).toMatch(/V is nearly all 0 or 255/);
  });
});

describe('the test pictures', () => {
  it('differ, and are the same every time', () => {
    const [gradient, noise] = testPictures(SIDE);
    expect(new Set(gradient!.luma).size).toBe(SIDE);
    expect(new Set(noise!.luma).size).toBeGreaterThan(200);
    expect(testPictures(SIDE)[1]).toEqual(noise);
  });
});
