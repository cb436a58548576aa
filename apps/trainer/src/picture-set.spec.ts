import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPictures } from './picture-set.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pictures-'));
  const write = (name: string, colour: (x: number, y: number) => [number, number, number]): Promise<unknown> => {
    const data = Buffer.from(Array.from({ length: 64 * 48 }, (_, i) => colour(i % 64, Math.floor(i / 64))).flat());
    return sharp(data, { raw: { width: 64, height: 48, channels: 3 } })
      .png()
      .toFile(path.join(folder, name));
  };
  await write('a-colours.png', (x, y) => [x * 4, 255 - y * 5, (x * y) % 256]);
  await write('b-grey.png', (x) => [x * 4, x * 4, x * 4]);
  await write('c-sepia.png', (x) => [90 + x * 2, 50 + x * 2, 10 + x * 2]);
  await writeFile(path.join(folder, 'd-broken.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
  await writeFile(path.join(folder, 'notes.txt'), 'not a picture');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('loadPictures', () => {
  it('keeps the colourful, and names the grey, the sepia and the damaged', async () => {
    const { pictures, colourless, unreadable } = await loadPictures(folder);
    expect(pictures.map(({ name }) => name)).toEqual(['a-colours.png']);
    expect(pictures[0]!.yuv).toMatchObject({ width: 64, height: 48 });
    expect([...colourless].sort()).toEqual(['b-grey.png', 'c-sepia.png']);
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]).toContain('d-broken.jpg');
  });

  it('takes only the files whose names match', async () => {
    const { pictures, colourless } = await loadPictures(folder, { match: '^[ab]-' });
    expect(pictures.map(({ name }) => name)).toEqual(['a-colours.png']);
    expect(colourless).toEqual(['b-grey.png']);
  });
});
