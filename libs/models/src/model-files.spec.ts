import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { buildGenerator } from './generator.js';
import type { GeneratorConfig } from './generator-config.js';
import { loadModel, saveModel } from './model-files.js';
import type { ModelInfo } from './model-info.js';

const CONFIG: GeneratorConfig = { width: 2, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
const INFO = { name: 'tiny', version: '2026-01-01', config: CONFIG, renderSize: 64 };

let top: string;
let folder: string;
let saved: ModelInfo;
let expected: Float32Array;

const input = (): tf.Tensor4D => tf.randomUniform([1, 16, 12, 1], -1, 1, 'float32', 1);
const outputOf = (model: tf.LayersModel): Float32Array =>
  tf.tidy(() => Float32Array.from((model.predict(input()) as tf.Tensor).dataSync()));
const file = (name: string): string => path.join(folder, name);

/** Changes a JSON file of the model. */
async function edit(name: string, change: (content: Record<string, unknown>) => unknown): Promise<void> {
  const content = JSON.parse(await readFile(file(name), 'utf8')) as Record<string, unknown>;
  await writeFile(file(name), JSON.stringify(change(content)));
}

beforeAll(async () => {
  await loadBackend('cpu');
  top = await mkdtemp(path.join(tmpdir(), 'kinemacolor-models-'));
});
afterAll(async () => {
  await rm(top, { recursive: true });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(top, 'model-'));
  const model = buildGenerator(CONFIG, 7);
  expected = outputOf(model);
  saved = await saveModel(model, folder, INFO);
  model.dispose();
});

describe('a model that was saved', () => {
  it('comes back with its description and the same outputs, bit for bit', async () => {
    const { info, model } = await loadModel(folder);
    expect(info).toEqual(saved);
    expect(info).toEqual({ ...INFO, weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(outputOf(model)).toEqual(expected);
    model.dispose();
  });

  it('is three files, with nothing half-written beside them', async () => {
    expect((await readdir(folder)).sort()).toEqual(['kinemacolor.json', 'model.json', 'weights.bin']);
  });

  it('can be saved again from what was loaded, to the same bytes', async () => {
    const { model } = await loadModel(folder);
    const again = path.join(top, 'a', 'deep', 'folder');
    await saveModel(model, again, INFO);
    model.dispose();
    for (const name of ['model.json', 'weights.bin', 'kinemacolor.json']) {
      expect(await readFile(path.join(again, name))).toEqual(await readFile(file(name)));
    }
  });

  it('replaces an older one in the same folder', async () => {
    const other = buildGenerator(CONFIG, 8);
    const outputs = outputOf(other);
    await saveModel(other, folder, { ...INFO, version: '2' });
    other.dispose();
    const { info, model } = await loadModel(folder);
    expect(info.version).toBe('2');
    expect(outputOf(model)).toEqual(outputs);
    expect(outputs).not.toEqual(expected);
    model.dispose();
  });

  it('loads with plain tf.loadLayersModel', async () => {
    const model = await tf.loadLayersModel(pathToFileURL(file('model.json')).href);
    expect(outputOf(model)).toEqual(expected);
    model.dispose();
  });

  it('leaves nothing once disposed', async () => {
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      const { model } = await loadModel(folder);
      outputOf(model);
      await saveModel(model, folder, INFO);
      model.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a damaged model', () => {
  const failure = async (code: string, ...words: string[]): Promise<void> => {
    const before = tf.memory().numTensors;
    const loading = loadModel(folder);
    await expect(loading).rejects.toMatchObject({ name: 'ModelError', code });
    for (const word of words) await expect(loading).rejects.toThrow(word);
    expect(tf.memory().numTensors).toBe(before);
  };

  it('with a flipped byte in its weights', async () => {
    const weights = await readFile(file('weights.bin'));
    weights[100]! ^= 1;
    await writeFile(file('weights.bin'), weights);
    await failure('CORRUPT', file('weights.bin'), 'damaged', 'again');
  });

  it('with weights that were cut short, or are empty', async () => {
    const weights = await readFile(file('weights.bin'));
    await writeFile(file('weights.bin'), weights.subarray(0, -4));
    await failure('CORRUPT', file('weights.bin'));
    await writeFile(file('weights.bin'), '');
    await failure('CORRUPT', file('weights.bin'));
  });

  it.each(['model.json', 'kinemacolor.json'])('with a %s that was cut short, or is something else', async (name) => {
    const whole = await readFile(file(name), 'utf8');
    await writeFile(file(name), whole.slice(0, whole.length / 2));
    await failure('CORRUPT', file(name), 'damaged');
    for (const content of ['null', '[]', '{}', '"text"']) {
      await writeFile(file(name), content);
      await failure('CORRUPT', file(name), 'lacks');
    }
  });

  it('with a description that lacks or garbles fields: all are named', async () => {
    await edit('kinemacolor.json', ({ config }) => ({ config, version: 3, renderSize: '256', weightsSha256: 'x' }));
    await failure('CORRUPT', file('kinemacolor.json'), 'lacks name, version, renderSize, weightsSha256');
    await edit('kinemacolor.json', () => ({ ...saved, config: null }));
    await failure('CORRUPT', 'lacks config');
    await edit('kinemacolor.json', () => ({ ...saved, config: { ...CONFIG, width: 0 } }));
    await failure('CORRUPT', file('kinemacolor.json'), 'width = 0');
  });

  it.each<[Partial<GeneratorConfig>, string]>([
    [{ width: 4 }, 'width is 4 in one and 2 in the other'],
    [{ residualBlocks: 2, inputChannels: 3 }, 'residualBlocks is 2 in one and 1 in the other, inputChannels is 3'],
    [{ outputChannels: 3 }, 'outputChannels is 3 in one and 2'],
  ])('with a description of another model: %j', async (change, reason) => {
    await edit('kinemacolor.json', () => ({ ...saved, config: { ...CONFIG, ...change } }));
    await failure('CORRUPT', file('kinemacolor.json'), reason);
  });

  it('with the topology of another model', async () => {
    const other = buildGenerator({ ...CONFIG, width: 4 }, 7);
    const elsewhere = path.join(top, 'other');
    await saveModel(other, elsewhere, INFO);
    other.dispose();
    await writeFile(file('model.json'), await readFile(path.join(elsewhere, 'model.json')));
    await failure('CORRUPT', file('model.json'), 'bytes of weights');
  });

  it('with a layer that nobody knows', async () => {
    const text = await readFile(file('model.json'), 'utf8');
    await writeFile(file('model.json'), text.replace('ReflectionPadding2D', 'MysteryLayer'));
    await failure('CORRUPT', file('model.json'), 'MysteryLayer');
  });
});

describe('a model that is not there', () => {
  it.each(['kinemacolor.json', 'weights.bin', 'model.json'])('for want of %s', async (name) => {
    await rm(file(name));
    const loading = loadModel(folder);
    await expect(loading).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(loading).rejects.toThrow(`No model in ${folder}: ${name}`);
  });

  it('for want of its folder', async () => {
    await expect(loadModel(path.join(top, 'nowhere'))).rejects.toMatchObject({ name: 'ModelError', code: 'NOT_FOUND' });
  });
});

describe('a model that cannot be written', () => {
  it('says where and why, and leaves no piece behind', async () => {
    const model = buildGenerator(CONFIG, 7);
    const inTheWay = path.join(top, 'a file');
    await writeFile(inTheWay, 'x');
    const saving = saveModel(model, inTheWay, INFO);
    await expect(saving).rejects.toMatchObject({ name: 'ModelError', code: 'WRITE_FAILED' });
    await expect(saving).rejects.toThrow(inTheWay);

    // A folder under the final name stops the rename.
    const blocked = await mkdtemp(path.join(top, 'blocked-'));
    await saveModel(model, path.join(blocked, 'model.json', 'in the way'), INFO);
    await expect(saveModel(model, blocked, INFO)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    model.dispose();
    expect((await readdir(blocked)).filter((name) => name.endsWith('.writing'))).toEqual([]);
  });
});
