import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rgbToYuv } from '@kinemacolor/quality';
import { scratchDir } from '@kinemacolor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture, type Colour } from '../testing/draw-picture.js';
import { toneOf } from './tone-baseline.js';

const root = scratchDir();
const at = (...names: string[]): string => path.join(root, ...names);

const DARK: Colour = [10, 30, 90];
const LIGHT: Colour = [250, 190, 120];
const levels = (colour: Colour): { y: number; u: number; v: number } => {
  const { y, u, v } = rgbToYuv({ width: 1, height: 1, data: Uint8Array.from(colour) });
  return { y: y[0]!, u: u[0]!, v: v[0]! };
};

beforeAll(async () => {
  for (const name of ['colour', 'other', 'sepia']) await mkdir(at(name));
  for (const i of [0, 1, 2]) {
    await drawPicture(at('colour', `${i}.png`), 24, 24, (x) => (x < 8 + i ? DARK : LIGHT));
  }
  await drawPicture(at('colour', 'sepia.png'), 24, 24, (x) => [
    DARK[0] + 5 * x + 60,
    DARK[1] + 5 * x + 30,
    DARK[2] + 5 * x,
  ]);
  await drawPicture(at('other', 'sky.png'), 24, 24, (x) => (x < 12 ? [0, 200, 0] : [200, 0, 0]));
  await drawPicture(at('sepia', 'sepia.png'), 24, 24, (x) => [60 + 5 * x, 30 + 5 * x, 5 * x]);
  await writeFile(at('colour', 'damaged.jpg'), 'no picture');
});

describe('toneOf', () => {
  it('gives each luma the chroma that it has in the pictures, without the damaged and the colourless', async () => {
    const tone = await toneOf([{ folder: at('colour') }]);
    for (const colour of [DARK, LIGHT]) {
      const { y, u, v } = levels(colour);
      expect(tone.u[y]).toBeCloseTo(u, 5);
      expect(tone.v[y]).toBeCloseTo(v, 5);
    }
    // Nothing between the two has pixels: a straight line, which sepia would bend.
    const [dark, light] = [levels(DARK), levels(LIGHT)];
    const middle = Math.round((dark.y + light.y) / 2);
    const share = (middle - dark.y) / (light.y - dark.y);
    expect(tone.u[middle]).toBeCloseTo(dark.u + share * (light.u - dark.u), 3);
  });

  it('looks at every folder, and at the names that match only', async () => {
    const { y, u } = levels([0, 200, 0]);
    const sets = [{ folder: at('colour') }, { folder: at('other') }];
    expect((await toneOf(sets)).u[y]).toBeCloseTo(u, 5);
    expect((await toneOf([sets[0]!, { folder: at('other'), match: 'nothing' }])).u[y]).not.toBeCloseTo(u, 0);
  });

  it('has not seen what it is kept from', async () => {
    const { y, u } = levels([0, 200, 0]);
    const sets = [{ folder: at('colour') }, { folder: at('other') }];
    expect((await toneOf(sets, new Set([at('other', 'sky.png')]))).u[y]).not.toBeCloseTo(u, 0);
  });

  it('fails without a picture that has colours', async () => {
    await expect(toneOf([{ folder: at('sepia') }])).rejects.toMatchObject({ code: 'BAD_DATA', message: expect.stringContaining(at('sepia')) as string }); // prettier-ignore
    await expect(toneOf([{ folder: at('other') }], new Set([at('other', 'sky.png')]))).rejects.toThrow(
      'validated with',
    );
  });
});
