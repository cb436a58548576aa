import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadBackend, loadSavedModel } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromaLevels } from './chroma-function.js';
import { EXPORTED_SIGNATURE, exportSavedModel } from './export-saved-model.js';
import { buildGenerator } from './generator.js';
import type { GeneratorConfig } from './generator-config.js';
import { saveModel } from './model-files.js';
import type { ModelInfo } from './model-info.js';

const CONFIG: GeneratorConfig = { width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
const SIZE = { batch: 2, width: 20, height: 16 };

const top = scratchDir();
const model = path.join(top, 'model');
let info: ModelInfo;
let out: string;
let luma: tf.Tensor4D;
let expected: { u: Float32Array; v: Float32Array };

beforeAll(async () => {
  await loadBackend('cpu');
  const generator = buildGenerator(CONFIG, 5);
  info = await saveModel(generator, model, { name: 'tiny', version: '1', config: CONFIG, renderSize: 64 });
  luma = tf.randomUniform([SIZE.batch, SIZE.height, SIZE.width, 1], 0, 255, 'float32', 2);
  const levels = chromaLevels((x) => generator.apply(x) as tf.Tensor4D, CONFIG, luma);
  expected = { u: Float32Array.from(levels.u.dataSync()), v: Float32Array.from(levels.v.dataSync()) };
  tf.dispose([levels.u, levels.v]);
  generator.dispose();
});

let exports = 0;
beforeEach(() => {
  // A new one each time: TensorFlow remembers what it has loaded by its folder.
  out = path.join(top, `exports-${exports++}`, 'exported');
});

/** The largest and the mean distance, levels, of the exported function's results from the model's own. */
async function distance(folder: string): Promise<{ largest: number; mean: number }> {
  const native = await loadSavedModel(folder, EXPORTED_SIGNATURE);
  const results = native.predict({ luma }) as { u: tf.Tensor; v: tf.Tensor };
  expect([results.u.dtype, results.v.dtype]).toEqual(['float32', 'float32']);
  expect([results.u.shape, results.v.shape]).toEqual([luma.shape, luma.shape]);
  const apart = (['u', 'v'] as const).flatMap((plane) =>
    [...results[plane].dataSync()].map((value, i) => Math.abs(value - expected[plane][i]!)),
  );
  tf.dispose([results.u, results.v]);
  native.dispose();
  return { largest: Math.max(...apart), mean: apart.reduce((sum, value) => sum + value, 0) / apart.length };
}

describe('exportSavedModel', () => {
  it('writes a function of the same numbers, which says of which model it is', async () => {
    const exported = await exportSavedModel(model, out, SIZE);
    const savedModel = { signature: 'serving_default', precision: 'fp32', ...SIZE };
    expect(exported).toMatchObject({ ...info, savedModel });
    expect(JSON.parse(await readFile(path.join(out, 'kinemacolor.json'), 'utf8'))).toEqual(exported);
    expect((await distance(out)).largest).toBeLessThan(255e-5);
  });

  it('in bf16 computes more coarsely, between float32 levels', async () => {
    await exportSavedModel(model, out, { ...SIZE, precision: 'bf16' });
    const { largest, mean } = await distance(out);
    expect(largest).toBeGreaterThan(0.01);
    expect(mean).toBeLessThan(1.5);
    const [whole, half] = [path.join(top, 'whole'), out];
    await exportSavedModel(model, whole, SIZE);
    const bytes = async (folder: string): Promise<number> =>
      (await readFile(path.join(folder, 'saved_model.pb'))).length;
    expect(await bytes(half)).toBeLessThan(await bytes(whole));
  });

  it('leaves nothing half-written and no tensor', async () => {
    const before = tf.memory().numTensors;
    await exportSavedModel(model, out, SIZE);
    expect(tf.memory().numTensors).toBe(before);
    expect(await readdir(path.dirname(out))).toEqual(['exported']);
    expect((await readdir(out)).sort()).toEqual(['kinemacolor.json', 'saved_model.pb', 'variables']);
  });

  it('takes an empty folder, and the place of an earlier export', async () => {
    await mkdir(out, { recursive: true });
    await exportSavedModel(model, out, SIZE);
    // Git and object stores keep no empty folders.
    await rm(path.join(out, 'variables'), { recursive: true });
    await exportSavedModel(model, out, { ...SIZE, batch: 1 });
    expect(JSON.parse(await readFile(path.join(out, 'kinemacolor.json'), 'utf8'))).toMatchObject({
      savedModel: { batch: 1 },
    });
    expect(await readdir(path.dirname(out))).toEqual(['exported']);
  });

  const refused = (error: object, folder = out, options: object = {}): Promise<void> =>
    expect(exportSavedModel(model, folder, { ...SIZE, ...options })).rejects.toMatchObject({
      name: 'ModelError',
      ...error,
    });

  it('refuses a folder that holds anything else, and leaves it as it is', async () => {
    await mkdir(path.dirname(out), { recursive: true });
    await cp(model, out, { recursive: true });
    await refused({ code: 'OCCUPIED', message: expect.stringMatching(/model\.json|weights\.bin/) as string });
    expect((await readdir(out)).sort()).toEqual(['kinemacolor.json', 'model.json', 'weights.bin']);
    await rm(out, { recursive: true });

    await exportSavedModel(model, out, SIZE);
    await writeFile(path.join(out, 'variables', 'variables.index'), '');
    await refused({ code: 'OCCUPIED', message: expect.stringContaining('variables.index') as string });
    await rm(path.join(out, 'variables', 'variables.index'));
    await rm(path.join(out, 'kinemacolor.json'));
    await refused({ code: 'OCCUPIED', message: expect.stringContaining('lacks kinemacolor.json') as string });
    expect(await readdir(path.dirname(out))).toEqual(['exported']);
  });

  it('refuses a file, and says when it cannot write', async () => {
    const file = path.join(top, 'a-file');
    await writeFile(file, 'mine');
    await refused({ code: 'WRITE_FAILED', message: expect.stringContaining('not a directory') as string }, file);
    await refused({ code: 'WRITE_FAILED' }, path.join(file, 'below'));
    expect(await readFile(file, 'utf8')).toBe('mine');
    await refused(
      { code: 'WRITE_FAILED', message: expect.stringContaining('/proc/exported') as string },
      '/proc/exported',
    );
  });

  it.each([{ width: 18 }, { height: 4 }, { width: 0 }, { height: 16.5 }, { batch: 0 }, { batch: 1.5 }, { width: NaN }])(
    'refuses the size %j',
    async (size) => {
      await refused({ code: 'BAD_INPUT' }, out, size);
      await expect(readdir(path.dirname(out))).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );
});
