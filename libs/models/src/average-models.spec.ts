import path from 'node:path';
import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { averageModels } from './average-models.js';
import { buildGenerator } from './generator.js';
import type { GeneratorConfig } from './generator-config.js';
import { loadModel, saveModel } from './model-files.js';

const CONFIG: GeneratorConfig = { width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

async function make(name: string, config: GeneratorConfig, seed: number): Promise<void> {
  const model = buildGenerator(config, seed);
  await saveModel(model, at(name), { name, version: '1', config, renderSize: 96 });
  model.dispose();
}

beforeAll(async () => {
  await loadBackend('cpu');
  await make('one', CONFIG, 1);
  await make('two', CONFIG, 2);
  await make('three', CONFIG, 3);
  await make('wider', { ...CONFIG, width: 8 }, 1);
});

async function kernel(name: string): Promise<Float32Array> {
  const { model } = await loadModel(at(name));
  const values = model.getLayer('output').trainableWeights[0]!.read().dataSync<'float32'>().slice();
  model.dispose();
  return values;
}

describe('the mean of models', () => {
  it('is that of each weight, under the name of the first', async () => {
    const before = tf.memory().numTensors;
    const info = await averageModels([at('one'), at('two'), at('three')], at('mean'));
    expect(tf.memory().numTensors).toBe(before);
    expect(info).toMatchObject({ name: 'one', config: CONFIG, renderSize: 96 });
    const [one, two, three, mean] = await Promise.all(['one', 'two', 'three', 'mean'].map(kernel));
    for (const [i, value] of mean!.entries()) expect(value).toBeCloseTo((one![i]! + two![i]! + three![i]!) / 3, 6);
  });

  it('counts each by its share', async () => {
    const before = tf.memory().numTensors;
    await averageModels([at('one'), at('two')], at('shared'), [3, 1]);
    expect(tf.memory().numTensors).toBe(before);
    const [one, two, mean] = await Promise.all(['one', 'two', 'shared'].map(kernel));
    for (const [i, value] of mean!.entries()) expect(value).toBeCloseTo(0.75 * one![i]! + 0.25 * two![i]!, 6);
    for (const shares of [[1], [1, 0], [1, NaN]]) {
      await expect(averageModels([at('one'), at('two')], at('none'), shares)).rejects.toThrow(RangeError);
    }
  });

  it('overwrites nothing, its own models least of all', async () => {
    const before = await kernel('one');
    await expect(averageModels([at('one'), at('two')], at('one'))).rejects.toMatchObject({ code: 'OCCUPIED' });
    expect(await kernel('one')).toEqual(before);
  });

  it('is refused of one model, and of models of two kinds', async () => {
    await expect(averageModels([at('one')], at('none'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const before = tf.memory().numTensors;
    await expect(averageModels([at('one'), at('wider')], at('none'))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('wider') as string,
    });
    expect(tf.memory().numTensors).toBe(before);
    await expect(averageModels([at('one'), at('missing')], at('none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
