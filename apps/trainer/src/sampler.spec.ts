import { describe, expect, it } from 'vitest';
import type { TrainingPicture } from './picture-set.js';
import { Random } from './random.js';
import { Sampler } from './sampler.js';

/** Luma rises to the right, U with it, V falls: so a crop's values tell where it came from and whether it agrees. */
function ramp(name: string, width: number, height: number): TrainingPicture {
  const plane = (value: (x: number, y: number) => number): Uint8Array =>
    Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return { name, yuv: { width, height, y: plane((x) => x), u: plane((x) => x), v: plane((x) => 255 - x) } };
}

const options = { batch: 3, crop: 16, largestRender: 64, filmShare: 0 };

describe('Sampler', () => {
  it('gives batches in −1..1 in which luma and chroma are of the same place', () => {
    const { luma, chroma } = new Sampler(
      [{ weight: 1, pictures: [ramp('a', 200, 120)] }],
      options,
      new Random(1),
    ).next();
    expect(luma).toHaveLength(3 * 16 * 16);
    expect(chroma).toHaveLength(3 * 16 * 16 * 2);
    for (let i = 0; i < luma.length; i++) {
      const level = (luma[i]! + 1) * 127.5;
      expect(chroma[2 * i]! * 127.5 + 128).toBeCloseTo(level, 2);
      expect(chroma[2 * i + 1]! * 127.5 + 128).toBeCloseTo(255 - level, 2);
    }
  });

  it('flips some crops and draws them at several sizes', () => {
    const sampler = new Sampler(
      [{ weight: 1, pictures: [ramp('a', 200, 120)] }],
      { ...options, batch: 1 },
      new Random(2),
    );
    const slopes = Array.from({ length: 40 }, () => {
      const { luma } = sampler.next();
      return (luma[15]! - luma[0]!) * 127.5;
    });
    expect(slopes.some((slope) => slope < 0) && slopes.some((slope) => slope > 0)).toBe(true);
    const sizes = slopes.map(Math.abs);
    expect(Math.max(...sizes)).toBeGreaterThan(2 * Math.min(...sizes));
  });

  it('draws sets by their weight', () => {
    const white: TrainingPicture = { name: 'w', yuv: { width: 20, height: 20, y: new Uint8Array(400).fill(255), u: new Uint8Array(400), v: new Uint8Array(400) } }; // prettier-ignore
    const black = { name: 'b', yuv: { ...white.yuv, y: new Uint8Array(400) } };
    const sets = [
      { weight: 3, pictures: [white] },
      { weight: 1, pictures: [black] },
    ];
    const { luma } = new Sampler(sets, { ...options, batch: 400 }, new Random(3)).next();
    const whites = Array.from({ length: 400 }, (_, b) => luma[b * 256]!).filter((level) => level === 1).length;
    expect(whites / 400).toBeGreaterThan(0.68);
    expect(whites / 400).toBeLessThan(0.82);
  });

  it('repeats from its seed, and film tone changes the luma only', () => {
    const set = [{ weight: 1, pictures: [ramp('a', 200, 120)] }];
    const draw = (filmShare: number): ReturnType<Sampler['next']> =>
      new Sampler(set, { ...options, batch: 1, filmShare }, new Random(5)).next();
    expect(draw(0)).toEqual(draw(0));
    const [plain, film] = [draw(0), draw(1)];
    expect(film.chroma).toEqual(plain.chroma);
    expect(film.luma).not.toEqual(plain.luma);
    expect(Math.max(...film.luma.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  it('refuses an empty set', () => {
    expect(() => new Sampler([{ weight: 1, pictures: [] }], options, new Random(1))).toThrow('empty');
  });
});
