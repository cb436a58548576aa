import { cp, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { TrainingError } from '../config/training-error.js';
import { drawPicture, scenery } from '../testing/draw-picture.js';
import { openData, type DataOptions, type TrainingData } from './index.js';

const root = scratchDir();
const at = (...names: string[]): string => path.join(root, ...names);

/** What is found in some folders: counts, and what was skipped. */
async function look(
  sets: Partial<Pick<DataOptions, 'kind' | 'bw' | 'color'>>,
): Promise<Pick<TrainingData, 'counts' | 'skipped' | 'drawn'>> {
  // prettier-ignore
  const data = await openData({
    kind: 'chroma',
    bw: [],
    color: [],
    framing: 'crop',
    largestRender: 64,
    filmShare: 0,
    memoryMegabytes: 16,
    threads: 1,
    seed: 1,
    ...sets,
  });
  await data.close();
  return data;
}

const mixed = (more: { match?: string } = {}): DataOptions['color'] => [{ folder: at('mixed'), weight: 1, ...more }];

const failure = (sets: Parameters<typeof look>[0]): Promise<TrainingError> =>
  look(sets).then(
    () => expect.unreachable('It was opened.'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(TrainingError);
      return error as TrainingError;
    },
  );

beforeAll(async () => {
  for (const name of ['mixed', 'damaged', 'forms', 'none']) await mkdir(at(name));
  for (const i of [1, 2]) await drawPicture(at('mixed', `good-${i}.jpg`), 64, 48, scenery(i));
  await drawPicture(at('mixed', 'GOOD-3.PNG'), 64, 48, scenery(3));
  await drawPicture(at('mixed', 'good-4.webp'), 64, 48, scenery(4));
  await drawPicture(at('mixed', 'grey.png'), 64, 48, (x) => [4 * x, 4 * x, 4 * x]);
  await drawPicture(at('mixed', 'sepia.jpg'), 64, 48, (x) => [90 + 2 * x, 60 + 2 * x, 20 + 2 * x]);
  const jpeg = await sharp(await drawPicture(at('none', 'whole.jpg'), 200, 150, scenery(5))).jpeg().toBuffer(); // prettier-ignore
  for (const folder of ['mixed', 'damaged']) {
    await writeFile(at(folder, 'truncated.jpg'), jpeg.subarray(0, jpeg.length / 2));
    await writeFile(at(folder, 'words.jpg'), 'These are words.');
  }
  await writeFile(at('mixed', 'notes.txt'), 'No picture, and not named like one.');
  await mkdir(at('mixed', 'folder.d'));
});

describe('the catalogue', () => {
  it('skips what is damaged or has no colours, and names each once', async () => {
    const { counts, skipped } = await look({ color: [...mixed(), ...mixed({ match: '^(good-1|sepia|words)' })] });
    // One picture of the second set is good.
    expect(counts).toEqual({ bw: 0, color: 4 + 1 });
    expect(skipped.map(({ name }) => name).sort()).toEqual(['grey.png', 'sepia.jpg', 'truncated.jpg', 'words.jpg']);
    const reason = (of: string): string => skipped.find(({ name }) => name === of)!.reason;
    for (const name of ['grey.png', 'sepia.jpg']) expect(reason(name)).toContain('no colours to learn');
    for (const name of ['truncated.jpg', 'words.jpg']) {
      expect(reason(name)).not.toContain('no colours');
      expect(reason(name)).not.toContain('\n');
    }
    expect(reason('words.jpg')).toContain('unsupported image format');
  });

  it('takes grey and sepia among the black-and-white pictures', async () => {
    const { counts, skipped } = await look({
      kind: 'cycle',
      bw: mixed({ match: 'grey|sepia|words' }),
      color: mixed({ match: 'good-' }),
    });
    expect(counts).toEqual({ bw: 2, color: 3 });
    expect(skipped.map(({ name }) => name)).toEqual(['words.jpg']);
  });

  it('names a damaged picture once that lies among both kinds', async () => {
    const { counts, skipped } = await look({ kind: 'cycle', bw: mixed(), color: mixed() });
    expect(counts).toEqual({ bw: 6, color: 4 });
    expect(skipped.map(({ name }) => name).sort()).toEqual(['grey.png', 'sepia.jpg', 'truncated.jpg', 'words.jpg']);
  });

  it('does not look at black-and-white pictures that nobody learns from', async () => {
    const { counts } = await look({ bw: [{ folder: at('nowhere'), weight: 1 }], color: mixed() });
    expect(counts).toEqual({ bw: 0, color: 4 });
  });

  it('reads grey, deep, transparent and four-colour files', async () => {
    const picture = sharp(at('mixed', 'good-1.jpg'));
    await picture.clone().greyscale().toColourspace('b-w').jpeg().toFile(at('forms', 'one-channel.jpg'));
    await picture.clone().greyscale().toColourspace('b-w').ensureAlpha().png().toFile(at('forms', 'grey-alpha.png'));
    await picture.clone().ensureAlpha(0.5).png().toFile(at('forms', 'alpha.png'));
    await picture.clone().toColourspace('rgb16').png().toFile(at('forms', 'deep.png'));
    await picture.clone().toColourspace('cmyk').jpeg().toFile(at('forms', 'cmyk.jpg'));
    const forms = { folder: at('forms'), weight: 1 };
    const { counts, skipped } = await look({ kind: 'cycle', bw: [forms], color: [forms] });
    expect(counts).toEqual({ bw: 5, color: 3 });
    expect(skipped.map(({ name }) => name).sort()).toEqual(['grey-alpha.png', 'one-channel.jpg']);
  });

  it('tells sets apart by what their pictures are, not by where they lie', async () => {
    await cp(at('mixed'), at('moved'), { recursive: true });
    const drawnOf = async (folder: string, more: { match?: string; weight?: number } = {}): Promise<object> =>
      (await look({ color: [{ folder: at(folder), weight: 1, ...more }] })).drawn.color[0]!;
    const known = await drawnOf('mixed');
    expect(known).toMatchObject({ weight: 1, pictures: 4 });
    expect(await drawnOf('moved')).toEqual(known);
    // Another way to say the same, and what is skipped, change no draw.
    await writeFile(at('moved', 'more-words.png'), 'These are words, too.');
    expect(await drawnOf('moved', { match: '' })).toEqual(known);
    expect(await drawnOf('mixed', { match: 'good-[1-3]' })).not.toEqual(known);
    await rename(at('moved', 'GOOD-3.PNG'), at('moved', 'last.png'));
    const reordered = await drawnOf('moved');
    expect(reordered).toMatchObject({ pictures: 4 });
    expect(reordered).not.toEqual(known);
    await rename(at('moved', 'last.png'), at('moved', 'GOOD-3.PNG'));
    expect(await drawnOf('moved')).toEqual(known);
    await drawPicture(at('moved', 'GOOD-3.PNG'), 64, 48, scenery(7));
    expect(await drawnOf('moved')).not.toEqual(known);
  });

  it('says how many it looked at when none is left', async () => {
    const damaged = await failure({ color: [{ folder: at('damaged'), weight: 1 }] });
    expect(damaged.code).toBe('BAD_DATA');
    expect(damaged.message).toContain(at('damaged'));
    expect(damaged.message).toContain('2 were looked at (JPEG, PNG and WebP in the folder itself), 2 skipped');
    const nothing = await failure({ color: [...mixed(), ...mixed({ match: '^portrait' })] });
    expect(nothing.message).toContain('^portrait');
    expect(nothing.message).toContain('0 were looked at');
  });

  it('says which folder or expression cannot be read', async () => {
    const missing = await failure({ color: [{ folder: at('nowhere'), weight: 1 }] });
    expect(missing.code).toBe('BAD_DATA');
    expect(missing.message).toContain(at('nowhere'));
    const unread = await failure({ color: mixed({ match: '(' }) });
    expect(unread.code).toBe('BAD_CONFIG');
    expect(unread.message).toContain('regular expression');
  });
});
