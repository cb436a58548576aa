import { createHash } from 'node:crypto';
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openGenerator } from './compiled-generator.js';
import { exportModelFolder } from './export-model-folder.js';
import { buildGenerator } from './generator.js';
import { loadModel, readModelInfo, saveModel } from './model-files.js';
import type { ModelInfo } from './model-info.js';
import { modelFolder } from './shipped-models.js';

const CONFIG = { width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
const FILES = ['README.md', 'kinemacolor.json', 'model.json', 'weights.bin'];

const top = scratchDir();
const source = path.join(top, 'source');
let info: ModelInfo;
let out: string;
let exports = 0;

beforeAll(async () => {
  await loadBackend('cpu');
  const model = buildGenerator(CONFIG, 3);
  info = await saveModel(model, source, { name: 'tiny', version: '7', config: CONFIG, renderSize: 64 });
  model.dispose();
});
beforeEach(() => {
  out = path.join(top, `${exports++}`, 'exported');
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const file = (name: string, folder = out): string => path.join(folder, name);
const sizeOf = async (folder: string): Promise<number> => (await stat(file('weights.bin', folder))).size;

async function weightsOf(folder: string): Promise<Float32Array[]> {
  const { model } = await loadModel(folder);
  const values = model.getWeights().map((weight) => Float32Array.from(weight.dataSync<'float32'>()));
  model.dispose();
  return values;
}

describe('exportModelFolder', () => {
  it('writes the same model again, with a card', async () => {
    const exported = await exportModelFolder(source, out);
    expect(exported).toEqual({ info, parameters: 8_150, bytes: 4 * 8_150 });
    expect((await readdir(out)).sort()).toEqual(FILES);
    expect(await readFile(file('weights.bin'))).toEqual(await readFile(file('weights.bin', source)));
    expect(await readFile(file('model.json'))).toEqual(await readFile(file('model.json', source)));
    expect(await readModelInfo(out)).toEqual(info);
    const card = await readFile(file('README.md'), 'utf8');
    expect(card).toContain('# Model `tiny`');
    expect(card).toContain('float32, 32,600 bytes');
  });

  it('in half precision takes half the bytes, and each weight is within its rounding', async () => {
    const exported = await exportModelFolder(source, out, { half: true, text: '## Data\n\nNone at all.' });
    expect(2 * (await sizeOf(out))).toBe(await sizeOf(source));
    expect(exported.bytes).toBe(await sizeOf(out));
    expect(exported.info).toEqual({ ...info, weightsSha256: sha256(await readFile(file('weights.bin'))) });
    expect(await readModelInfo(out)).toEqual(exported.info);
    const card = await readFile(file('README.md'), 'utf8');
    expect(card).toContain('float16, 16,300 bytes');
    expect(card).toContain('## Data\n\nNone at all.');

    const [full, half] = [await weightsOf(source), await weightsOf(out)];
    expect(half.map(({ length }) => length)).toEqual(full.map(({ length }) => length));
    let changed = 0;
    for (const [i, values] of full.entries()) {
      for (const [k, value] of values.entries()) {
        const error = Math.abs(half[i]![k]! - value);
        expect(error).toBeLessThanOrEqual(2 ** -11 * Math.max(Math.abs(value), 2 ** -14));
        if (error > 0) changed += 1;
      }
    }
    expect(changed).toBeGreaterThan(1000);
  });

  it('a half model loads with plain tf.loadLayersModel', async () => {
    await exportModelFolder(source, out, { half: true });
    const model = await tf.loadLayersModel(pathToFileURL(file('model.json')).href);
    const [plain] = model.getWeights().map((weight) => Float32Array.from(weight.dataSync<'float32'>()));
    expect(plain).toEqual((await weightsOf(out))[0]);
    model.dispose();
  });

  it('a half model exported once more, in either form, keeps its weights', async () => {
    await exportModelFolder(source, out, { half: true });
    const [again, full] = [`${out}-again`, `${out}-full`];
    await exportModelFolder(out, again, { half: true });
    expect(await readFile(file('weights.bin', again))).toEqual(await readFile(file('weights.bin')));
    await exportModelFolder(out, full);
    expect(await sizeOf(full)).toBe(await sizeOf(source));
    expect(await weightsOf(full)).toEqual(await weightsOf(out));
  });

  it('colours a picture as the full form does, within one level', async () => {
    const shipped = modelFolder('fast');
    await exportModelFolder(shipped, out, { half: true });
    const [width, height] = [96, 64];
    // A sky over a hill with a disc before it, and some grain.
    const luma = Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      const ground = y > 40 + 6 * Math.sin(x / 15) ? 70 + (x % 7) * 4 : 200 - y;
      return Math.hypot(x - 60, y - 30) < 14 ? 130 + x - 60 : ground;
    });
    const planes = await Promise.all(
      [shipped, out].map(async (folder) => {
        const options = { precision: 'fp32' as const, cache: path.join(top, 'compiled') };
        const generator = await openGenerator(folder, options);
        const { u, v } = await generator.generate(luma, { batch: 1, width, height });
        generator.dispose();
        return [...u, ...v];
      }),
    );
    const [full, half] = planes as [number[], number[]];
    expect(Math.max(...full.map((level, i) => Math.abs(level - half[i]!)))).toBeLessThanOrEqual(1);
    // Grey planes would agree as well.
    expect(Math.max(...full) - Math.min(...full)).toBeGreaterThan(10);
  });

  it('leaves nothing half-written and no tensor', async () => {
    const before = tf.memory().numTensors;
    await exportModelFolder(source, out, { half: true });
    expect(tf.memory().numTensors).toBe(before);
    expect(await readdir(path.dirname(out))).toEqual(['exported']);
  });
});

describe('a damaged half model', () => {
  const corrupt = async (...words: string[]): Promise<void> => {
    const before = tf.memory().numTensors;
    for (const word of words) {
      await expect(loadModel(out)).rejects.toMatchObject({
        name: 'ModelError',
        code: 'CORRUPT',
        message: expect.stringContaining(word) as string,
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  };

  it('that was cut short is told, also when its digest was written anew', async () => {
    await exportModelFolder(source, out, { half: true });
    const cut = (await readFile(file('weights.bin'))).subarray(0, -2);
    await writeFile(file('weights.bin'), cut);
    await corrupt(file('weights.bin'), 'damaged');
    await expect(readModelInfo(out)).rejects.toMatchObject({ code: 'CORRUPT' });

    const described = JSON.parse(await readFile(file('kinemacolor.json'), 'utf8')) as ModelInfo;
    await writeFile(file('kinemacolor.json'), JSON.stringify({ ...described, weightsSha256: sha256(cut) }));
    await corrupt(file('model.json'), '16300 bytes of weights, and weights.bin has 16298');
  });

  it('with the description of the full form, or of a form that nobody knows', async () => {
    await exportModelFolder(source, out, { half: true });
    const topology = await readFile(file('model.json'), 'utf8');
    await writeFile(file('model.json'), topology.replaceAll(',"quantization":{"dtype":"float16"}', ''));
    await corrupt('32600 bytes of weights, and weights.bin has 16300');
    await writeFile(file('model.json'), topology.replace('"dtype":"float16"', '"dtype":"float8"'));
    await corrupt('float8');
  });
});

describe('an export over something', () => {
  const refused = (reason: string, folder = out): Promise<void> =>
    expect(exportModelFolder(source, folder)).rejects.toMatchObject({
      name: 'ModelError',
      code: 'OCCUPIED',
      message: expect.stringContaining(reason) as string,
    });

  it('takes the place of an earlier one, its own source included', async () => {
    await exportModelFolder(source, out);
    await exportModelFolder(out, out, { half: true });
    expect(await sizeOf(out)).toBe(2 * 8_150);
    expect(await readdir(path.dirname(out))).toEqual(['exported']);
  });

  it('refuses a model that a training or a person wrote, and a card that somebody worked on', async () => {
    await cp(source, out, { recursive: true });
    await refused('lacks README.md');
    await writeFile(file('README.md'), 'By hand.');
    await refused('no export wrote');
    expect(await readFile(file('README.md'), 'utf8')).toBe('By hand.');

    const other = `${out}-other`;
    await exportModelFolder(source, other);
    await writeFile(file('README.md', other), 'Filled in.');
    await refused('README.md was changed since', other);
    await writeFile(file('notes.txt', other), '');
    await refused('holds notes.txt', other);
  });

  it('refuses weights that half precision does not hold, and leaves nothing', async () => {
    const model = buildGenerator(CONFIG, 3);
    const weights = model.getWeights().map((weight, i) => (i === 0 ? tf.mul(weight, 1e6) : weight.clone()));
    model.setWeights(weights);
    tf.dispose(weights);
    const wild = path.join(path.dirname(out), 'wild');
    await saveModel(model, wild, { name: 'wild', version: '1', config: CONFIG, renderSize: 64 });
    model.dispose();
    await expect(exportModelFolder(wild, out, { half: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(await readdir(path.dirname(out))).toEqual(['wild']);
    await exportModelFolder(wild, out);
  });
});
