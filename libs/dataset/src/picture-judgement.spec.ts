import { describe, expect, it } from 'vitest';
import { isBlank } from './empty-pictures.js';
import { greyPlane, type GreyPlane } from './grey-plane.js';
import { hashDistance, hashPicture } from './picture-hash.js';
import { SeenPictures } from './seen-pictures.js';
import { ShotQuota } from './shot-quota.js';
import { isTitleCard } from './title-cards.js';

const [width, height] = [180, 120];
const draw = (level: (x: number, y: number) => number): GreyPlane => ({
  width,
  height,
  luma: Uint8Array.from({ length: width * height }, (_, i) =>
    Math.max(0, Math.min(255, level(i % width, Math.floor(i / width)))),
  ),
});
/** The same every time, from −n to n. */
const noise = (x: number, y: number, n: number): number => (((x * 7919 + y * 104_729) % 101) / 50 - 1) * n;
const scene = (shift: number, lift = 0): GreyPlane =>
  draw((x, y) => 120 + lift + 60 * Math.sin((x + shift) / 19) + 40 * Math.cos(y / 13) + noise(x, y, 4));

describe('isBlank', () => {
  it.each([
    ['black with grain and a few scratches', draw((x, y) => (x === 30 ? 250 : 12 + noise(x, y, 8))), true],
    ['white all over', draw((x, y) => 250 + noise(x, y, 2)), true],
    ['a dark scene', draw((x, y) => 20 + (x > 130 ? 60 : 0) + noise(x, y, 8)), false],
    ['a scene', scene(0), false],
  ])('%s', (_name, picture, blank) => {
    expect(isBlank(picture)).toBe(blank);
  });
});

describe('isTitleCard', () => {
  const letters = (x: number, y: number): boolean => x > 20 && x < 160 && y % 30 > 10 && y % 30 < 20 && x % 8 < 3;
  it.each([
    ['light letters on black', draw((x, y) => (letters(x, y) ? 215 : 14) + noise(x, y, 3)), true],
    ['black letters on white', draw((x, y) => (letters(x, y) ? 20 : 230) + noise(x, y, 3)), true],
    ['a silhouette before the sky', draw((x, y) => (x > 60 && x < 90 && y > 40 ? 15 : 220) + noise(x, y, 5)), false],
    ['letters on a picture', draw((x, y) => (letters(x, y) ? 235 : 70 + 50 * Math.sin(x / 9) + noise(x, y, 9))), false],
    ['a scene', scene(0), false],
  ])('%s', (_name, picture, title) => {
    expect(isTitleCard(picture)).toBe(title);
  });
});

describe('what looks alike', () => {
  it('keeps its hash under grain and brightness, not under a move', () => {
    const hash = hashPicture(scene(0));
    expect(hashDistance(hash, hashPicture(scene(0, 20)))).toBeLessThanOrEqual(2);
    expect(hashDistance(hash, hashPicture(scene(40)))).toBeGreaterThan(8);
    const opposite = { high: ~hash.high, low: ~hash.low, cells: hash.cells };
    expect(hashDistance(hash, opposite)).toBe(64);
  });

  it('is the same in its own shot at any brightness, in another only when as bright', () => {
    const seen = new SeenPictures();
    seen.add(hashPicture(scene(0)), 1);
    expect(seen.has(hashPicture(scene(0, 30)), 1)).toBe(true);
    expect(seen.has(hashPicture(scene(0, 30)), 2)).toBe(false);
    expect(seen.has(hashPicture(scene(0, 3)), 2)).toBe(true);
    expect(seen.has(hashPicture(scene(40)), 1)).toBe(false);
  });
});

describe('ShotQuota', () => {
  const taken = (candidates: number, quota: number | undefined, usable: (i: number) => boolean): number[] => {
    const shot = new ShotQuota(candidates, quota);
    return Array.from({ length: candidates }, (_, i) => i).filter((i) => {
      const takes = shot.allows() && usable(i);
      if (takes) shot.take();
      return takes;
    });
  };
  it('spreads, and makes up for what cannot be used', () => {
    expect(taken(100, 4, () => true)).toEqual([0, 25, 50, 75]);
    expect(taken(100, 4, (i) => i < 10 || i > 60)).toEqual([0, 61, 62, 75]);
    expect(taken(3, 4, () => true)).toEqual([0, 1, 2]);
    expect(taken(5, undefined, () => true)).toHaveLength(5);
    expect(taken(10, 3, () => false)).toEqual([]);
  });
});

it('greyPlane weighs the channels as BT.601 does', () => {
  expect([...greyPlane(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 90, 90), 2, 2).luma]).toEqual([
    76, 150, 29, 90,
  ]);
});
