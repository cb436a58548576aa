import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildGenerator, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import { trainingSchema } from './config.js';
import { evaluate } from './evaluate.js';

const folder = scratchDir();
const pictures = path.join(folder, 'pictures');
const model = path.join(folder, 'model');

beforeAll(async () => {
  await mkdir(pictures);
  for (let k = 0; k < 3; k++) {
    const data = Buffer.from(
      Array.from({ length: 48 * 40 }, (_, i) => [(i * 5 + k) % 256, 90, 255 - (i % 200)]).flat(),
    );
    await sharp(data, { raw: { width: 48, height: 40, channels: 3 } })
      .png()
      .toFile(path.join(pictures, `${k}.png`));
  }
  await loadBackend('cpu');
  const config = { width: 2, residualBlocks: 0, inputChannels: 1, outputChannels: 2 };
  const generator = buildGenerator(config, 1);
  await saveModel(generator, model, { name: 'tiny', version: 'test', config, renderSize: 32 });
  generator.dispose();
});

describe('evaluate', () => {
  it('puts the model beside both baselines, and draws a sheet of input, output and truth', async () => {
    const config = trainingSchema.parse({ run: folder, train: [{ folder: pictures }], validation: pictures, steps: 1 });
    const sheet = path.join(folder, 'sheet.png');
    const table = await evaluate({ config, model, sizes: [32, 48], sheet });
    const rows = table.trim().split('\n').slice(2);
    expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(['grey', 'tone', 'tiny at 32', 'tiny at 48']);
    // Grey has no colour; the tone map was fitted on these very pictures, so it must be nearer to them than grey is.
    const psnr = rows.map((row) => Number(row.split('|')[2]));
    expect(Number(rows[0]?.split('|')[4])).toBe(0);
    expect(psnr[1]).toBeGreaterThan(psnr[0]!);
    const { width, height } = await sharp(sheet).metadata();
    expect([width, height]).toEqual([3 * 230, 3 * 192]);
  });
});
