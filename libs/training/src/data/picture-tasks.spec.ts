import path from 'node:path';
import { rgbToYuv } from '@kinemacolor/quality';
import { scratchDir } from '@kinemacolor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture, scenery, type Colour } from '../testing/draw-picture.js';
import { draw, type Drawn, type DrawTask } from './picture-tasks.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

const task = (name: string, more: Partial<DrawTask> = {}): DrawTask => ({
  picture: at(name),
  seed: [1, 2, 3, 4],
  form: 'paired',
  size: 32,
  framing: 'crop',
  largestRender: 64,
  filmShare: 0,
  ...more,
});
const seeds = Array.from({ length: 30 }, (_, i) => [i, 2 * i, 3 * i, 5]);
const level = (value: number): number => (value + 1) * 127.5;
const chromaLevel = (value: number): number => value * 127.5 + 128;

/** U rises to the right, V falls downwards, and luma is their mean: what a crop shows tells whether its planes agree. */
const ramps = (x: number, y: number): Colour => {
  const [u, v] = [x / 4 - 25, 25 - y / 3];
  const luma = 128 + (u + v) / 2;
  return [luma + 1.402 * v, luma - 0.344136 * u - 0.714136 * v, luma + 1.772 * u];
};

const YELLOW: Colour = [255, 255, 0];
const FLAT: readonly Colour[] = [[200, 40, 90], [10, 120, 60], YELLOW, [0, 0, 255]]; // prettier-ignore

beforeAll(async () => {
  await drawPicture(at('ramps.png'), 200, 150, ramps);
  await drawPicture(at('scenery.jpg'), 120, 90, scenery(3));
  await drawPicture(at('small.png'), 20, 12, scenery(1));
  await drawPicture(at('quarters.png'), 80, 40, (x, y) => FLAT[2 * Number(y >= 20) + Number(x >= 40)]!);
  for (const [i, colour] of FLAT.entries()) await drawPicture(at(`flat-${i}.png`), 50, 40, () => colour);
});

describe('draw', () => {
  it.each([...FLAT.entries()])('gives a picture of one colour its own luma and chroma (%i)', async (i, colour) => {
    const { y, u, v } = rgbToYuv({ width: 1, height: 1, data: Uint8Array.from(colour) });
    for (const framing of ['crop', 'square'] as const) {
      const { main, chroma } = await draw(task(`flat-${i}.png`, { framing }));
      expect(main).toHaveLength(32 * 32);
      expect(chroma).toHaveLength(32 * 32 * 2);
      for (const value of main) expect(Math.abs(level(value) - y[0]!)).toBeLessThan(0.01);
      for (const [k, value] of chroma!.entries()) {
        // Half a level of U and V lies below −1.
        expect(Math.abs(chromaLevel(value) - (k % 2 === 0 ? u : v)[0]!)).toBeLessThanOrEqual(0.51);
        expect(value).toBeGreaterThanOrEqual(-1);
      }
    }
  });

  it('gives RGB its colours', async () => {
    for (const [i, colour] of FLAT.entries()) {
      const { main, chroma } = await draw(task(`flat-${i}.png`, { form: 'rgb' }));
      expect(chroma).toBeUndefined();
      expect(main).toHaveLength(32 * 32 * 3);
      for (const [k, value] of main.entries()) expect(Math.abs(level(value) - colour[k % 3]!)).toBeLessThan(1.5);
    }
  });

  it('cuts luma and chroma out of one place', async () => {
    for (const seed of seeds) {
      const { main, chroma } = await draw(task('ramps.png', { seed }));
      for (const [i, luma] of main.entries()) {
        const mean = (chromaLevel(chroma![2 * i]!) + chromaLevel(chroma![2 * i + 1]!)) / 2;
        expect(Math.abs(level(luma) - mean)).toBeLessThan(1.2);
      }
    }
  });

  it('flips half of the crops, never upside down, and takes them at several sizes and places', async () => {
    const crops: { right: number; down: number; middle: number }[] = [];
    for (const seed of seeds) {
      const { chroma } = await draw(task('ramps.png', { seed, largestRender: 256 }));
      const [u, v] = [(i: number) => chroma![2 * i]! * 127.5, (i: number) => chroma![2 * i + 1]! * 127.5];
      crops.push({ right: u(31) - u(0), down: v(31 * 32) - v(0), middle: u(16 * 32 + 16) });
    }
    const flipped = crops.filter(({ right }) => right < 0).length;
    expect(flipped).toBeGreaterThan(7);
    expect(flipped).toBeLessThan(23);
    for (const { down } of crops) expect(down).toBeLessThan(0);
    const sizes = crops.map(({ right }) => Math.abs(right));
    expect(Math.max(...sizes)).toBeGreaterThan(2.5 * Math.min(...sizes));
    const places = crops.map(({ middle }) => middle);
    expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(15);
  });

  it('keeps the whole picture in a square', async () => {
    const { main } = await draw(task('quarters.png', { framing: 'square', form: 'rgb', size: 16 }));
    const colourAt = (x: number, y: number): number[] => [0, 1, 2].map((c) => level(main[3 * (16 * y + x) + c]!));
    const corners = [[0, 0], [15, 0], [0, 15], [15, 15]] as const; // prettier-ignore
    for (const [i, [x, y]] of corners.entries()) {
      for (const [c, found] of colourAt(x, y).entries()) expect(Math.abs(found - FLAT[i]![c]!)).toBeLessThan(1.5);
    }
    // Half of it to the left, half to the right: nothing is cut off.
    const inside = colourAt(6, 0).map((found, c) => Math.abs(found - FLAT[0]![c]!));
    expect(Math.max(...inside)).toBeLessThan(1.5);
    const beyond = colourAt(9, 0).map((found, c) => Math.abs(found - FLAT[1]![c]!));
    expect(Math.max(...beyond)).toBeLessThan(1.5);
    // Nothing in it is drawn by lot.
    expect((await draw(task('quarters.png', { framing: 'square', form: 'rgb', size: 16, seed: [9, 9, 9, 9] }))).main).toEqual(main); // prettier-ignore
  });

  it('gives grey in three equal channels: the luma', async () => {
    const { main } = await draw(task('scenery.jpg', { form: 'grey' }));
    const { main: luma } = await draw(task('scenery.jpg'));
    expect(main).toHaveLength(3 * luma.length);
    for (const [i, value] of luma.entries())
      expect([...main.subarray(3 * i, 3 * i + 3)]).toEqual([value, value, value]);
  });

  it('makes luma look like film, and leaves the chroma', async () => {
    for (const seed of seeds.slice(0, 8)) {
      const [plain, film]: Drawn[] = [await draw(task('scenery.jpg', { seed })), await draw(task('scenery.jpg', { seed, filmShare: 1 }))]; // prettier-ignore
      expect(film!.chroma).toEqual(plain!.chroma);
      expect(film!.main).not.toEqual(plain!.main);
      expect(Math.max(...film!.main.map(Math.abs))).toBeLessThanOrEqual(1);
    }
  });

  it('enlarges a picture that is smaller than the crop', async () => {
    const { main } = await draw(task('small.png', { size: 64, largestRender: 256 }));
    expect(main).toHaveLength(64 * 64);
    expect(main.every(Number.isFinite)).toBe(true);
    expect(new Set(main).size).toBeGreaterThan(100);
  });

  it('follows from its seed', async () => {
    const one = await draw(task('scenery.jpg', { filmShare: 0.5 }));
    expect(await draw(task('scenery.jpg', { filmShare: 0.5 }))).toEqual(one);
    expect((await draw(task('scenery.jpg', { filmShare: 0.5, seed: [1, 2, 3, 5] }))).main).not.toEqual(one.main);
  });

  it('names a file that has gone', async () => {
    await expect(draw(task('gone.png'))).rejects.toThrow('gone.png');
  });
});
