import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sharedFile } from '@kinemacolor/testing';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { isBlank } from './empty-pictures.js';
import { greyPlane } from './grey-plane.js';
import { isTitleCard } from './title-cards.js';

it('finds the four cards of a silent film among 782 pictures, and nothing else (skipped without shared/data)', async ({
  skip,
}) => {
  const folder = sharedFile('data/train/bw');
  if (folder === undefined) return skip('needs shared/data/train/bw');
  const [titles, blanks]: [string[], string[]] = [[], []];
  for (const name of (await readdir(folder)).sort()) {
    const picture = sharp(path.join(folder, name)).toColourspace('srgb').removeAlpha();
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const grey = greyPlane(data, info.width, info.height);
    if (isTitleCard(grey)) titles.push(name);
    else if (isBlank(grey)) blanks.push(name);
  }
  expect(titles).toEqual([3334, 4053, 5251, 5279].map((frame) => `prajwal_film__${frame}.jpg`));
  expect(blanks).toEqual([]);
});
