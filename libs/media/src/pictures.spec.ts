import { makeClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { areaScale } from './area-scale.js';
import {
  isPicturePath,
  isVideoPath,
  lumaAt,
  probe,
  readPicture,
  renderComparison,
  writePicture,
  writePictureComparison,
} from './index.js';

const folder = scratchDir();
const width = 40;
const height = 30;

/** A grey ramp with a black and a white corner. */
function ramp(): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, at) => Math.round(((at % width) * 255) / (width - 1)));
}

async function save(name: string, build: (image: sharp.Sharp) => sharp.Sharp = (image) => image): Promise<string> {
  const path = join(folder, name);
  await build(sharp(ramp(), { raw: { width, height, channels: 1 } })).toFile(path);
  return path;
}

const chroma = { width: 4, height: 3, u: new Uint8Array(12).fill(40), v: new Uint8Array(12).fill(220) };

describe('pictures', () => {
  it('are read as full-range luma, upright, with transparency aside', async () => {
    const plain = await readPicture(await save('ramp.png'));
    expect([plain.width, plain.height, plain.alpha]).toEqual([width, height, undefined]);
    expect(plain.luma).toEqual(ramp());
    const turned = await readPicture(await save('turned.jpg', (image) => image.withMetadata({ orientation: 6 })));
    expect([turned.width, turned.height]).toEqual([height, width]);
    const clear = await readPicture(await save('clear.png', (image) => image.toColourspace('srgb').ensureAlpha(0.5)));
    expect(new Set(clear.alpha)).toEqual(new Set([127]));
    const deep = await readPicture(await save('deep.png', (image) => image.toColourspace('grey16')));
    expect(deep.luma.length).toBe(width * height);
    expect(deep.luma[width - 1]).toBe(255);
  });

  it.each(['out.png', 'out.tiff'])('keep their luma within a level in %s, however strong the colour', async (name) => {
    const picture = await readPicture(await save('source.png'));
    const output = join(folder, name);
    await writePicture(picture, chroma, output, { saturation: 2 });
    const result = await readPicture(output);
    const differences = result.luma.map((value, at) => Math.abs(value - picture.luma[at]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    const { data, info } = await sharp(output).raw().toBuffer({ resolveWithObject: true });
    const middle = (15 * width + 20) * info.channels;
    expect(data[middle]! - data[middle + 2]!).toBeGreaterThan(100);
  });

  it.each(['out.jpg', 'out.webp', 'out.avif'])('are written as %s, and side by side', async (name) => {
    const picture = await readPicture(await save('again.png'));
    await writePicture(picture, chroma, join(folder, name));
    expect(await sharp(join(folder, name)).metadata()).toMatchObject({ width, height });
    await writePictureComparison(picture, chroma, join(folder, `both-${name}`));
    expect(await sharp(join(folder, `both-${name}`)).metadata()).toMatchObject({ width: width * 2, height });
  });

  it('keep their transparency', async () => {
    const picture = await readPicture(await save('half.png', (image) => image.toColourspace('srgb').ensureAlpha(0.5)));
    await writePicture(picture, chroma, join(folder, 'half-out.png'));
    expect((await readPicture(join(folder, 'half-out.png'))).alpha?.[5]).toBe(127);
  });

  it('shrink by the mean of the area', async () => {
    expect([...areaScale(Uint8Array.of(0, 100, 200, 100), 4, 1, 2, 1)]).toEqual([50, 150]);
    expect([...areaScale(Uint8Array.of(0, 90, 180), 3, 1, 2, 1)]).toEqual([30, 150]);
    expect(lumaAt(await readPicture(await save('area.png')), 4, 3).length).toBe(12);
  });

  it('fail with a reason and leave nothing half-written', async () => {
    const bad = join(folder, 'bad.png');
    await writeFile(bad, 'not a picture');
    const empty = join(folder, 'empty.png');
    await writeFile(empty, '');
    await expect(readPicture(bad)).rejects.toMatchObject({ code: 'NOT_MEDIA' });
    await expect(readPicture(empty)).rejects.toMatchObject({ code: 'EMPTY_FILE' });
    await expect(readPicture(folder)).rejects.toMatchObject({ code: 'IS_DIRECTORY' });
    await expect(readPicture(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const picture = await readPicture(await save('good.png'));
    await expect(writePicture(picture, chroma, join(folder, 'no/where.png'))).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    const clean = join(folder, 'clean');
    await mkdir(clean);
    await expect(writePicture(picture, chroma, join(clean, 'x.xyz'))).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(await readdir(clean)).toEqual([]);
  });

  it('are told from films by their names', () => {
    expect([
      isPicturePath('A.JPG'),
      isPicturePath('a.mp4'),
      isVideoPath('a.MKV'),
      isVideoPath('a.png'),
      isVideoPath('txt'),
    ]).toEqual([true, false, true, false, false]);
  });
});

describe('renderComparison', () => {
  it('puts grey left and colour right, as a film and as a picture', async () => {
    const source = await probe(await makeClip({ folder, name: 'film.mp4', width: 64, height: 48 }));
    const film = join(folder, 'both.mp4');
    const still = join(folder, 'both.png');
    await renderComparison({ source, result: source, output: film });
    await renderComparison({ source, result: source, output: still });
    expect((await probe(film)).video).toMatchObject({ width: 128, height: 48, frameCount: 20 });
    const { data, info } = await sharp(still).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([128, 48]);
    const spread = (from: number): number => {
      let most = 0;
      for (let y = 0; y < 48; y += 1)
        for (let x = from; x < from + 64; x += 1)
          most = Math.max(most, Math.abs(data[(y * 128 + x) * 3]! - data[(y * 128 + x) * 3 + 2]!));
      return most;
    };
    expect(spread(0)).toBeLessThan(4);
    expect(spread(64)).toBeGreaterThan(60);
    expect(await runFfmpeg('-i', film, '-f', 'null', '-')).toHaveLength(0);
  });
});
