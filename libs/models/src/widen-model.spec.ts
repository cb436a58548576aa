import path from 'node:path';
import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildGenerator } from './generator.js';
import { SEMANTICS, type GeneratorConfig } from './generator-config.js';
import { loadModel, saveModel } from './model-files.js';
import { widenGenerator, widenModel } from './widen-model.js';

const PLAIN: GeneratorConfig = { width: 2, residualBlocks: 2, inputChannels: 1, outputChannels: 2 };
const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

beforeAll(() => loadBackend('cpu'));

/** Nothing in it is zero, so that a missing share shows. */
function trained(config: GeneratorConfig): tf.LayersModel {
  const model = buildGenerator(config, 7);
  tf.tidy(() => {
    for (const [i, layer] of model.layers.entries()) {
      const small = (weight: tf.Tensor): tf.Tensor => tf.randomNormal(weight.shape, 0, 0.05, 'float32', i + 1);
      layer.setWeights(layer.getWeights().map((weight) => tf.add(weight, small(weight))));
    }
  });
  return model;
}

const largest = (x: tf.Tensor): number => tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0]!);
/** The largest difference between what two generators paint, and the largest value. */
function apart(one: tf.LayersModel, two: tf.LayersModel): [difference: number, value: number] {
  return tf.tidy(() => {
    const x = tf.randomUniform([2, 32, 64, 1], -1, 1, 'float32', 3);
    const [a, b] = [one.predict(x) as tf.Tensor, two.predict(x) as tf.Tensor];
    return [largest(tf.sub(a, b)), largest(a)];
  });
}

describe.each([undefined, ...SEMANTICS])('a generator of twice the width, semantics %s', (semantics) => {
  const config: GeneratorConfig = semantics === undefined ? PLAIN : { ...PLAIN, semantics };

  it('paints as the narrow one without noise, and a little differently with it', () => {
    const narrow = trained(config);
    const before = tf.memory().numTensors;
    const { model: exact, config: wider } = widenGenerator(narrow, config, { noise: 0 });
    expect(wider).toEqual({ ...config, width: 4 });
    const [difference, value] = apart(narrow, exact);
    expect(value).toBeGreaterThan(0.1);
    expect(difference / value).toBeLessThan(1e-4);
    const { model: noisy } = widenGenerator(narrow, config);
    const [noise] = apart(narrow, noisy);
    expect(noise / value).toBeGreaterThan(1e-3);
    exact.dispose();
    noisy.dispose();
    expect(tf.memory().numTensors).toBe(before);
    narrow.dispose();
  });

  it('gives the two copies of a channel different gradients', () => {
    const narrow = trained(config);
    const { model } = widenGenerator(narrow, config, { noise: 0 });
    const kernel = model.getLayer('block_0_a').trainableWeights[0]!.read() as unknown as tf.Variable;
    const { grads } = tf.variableGrads(() => {
      const x = tf.randomUniform([1, 32, 32, 1], -1, 1, 'float32', 3);
      return tf.mean(tf.square(model.apply(x) as tf.Tensor4D));
    }, [kernel]);
    const [first, second] = tf.split(grads[kernel.name]!, 2, 3) as [tf.Tensor, tf.Tensor];
    expect(largest(tf.sub(first, second)) / largest(first)).toBeGreaterThan(0.05);
    tf.dispose([grads, first, second]);
    narrow.dispose();
    model.dispose();
  });
});

describe('a model folder of twice the width', () => {
  it('is written beside, repeatably, under the name of the narrow one', async () => {
    const narrow = trained(PLAIN);
    await saveModel(narrow, at('narrow'), { name: 'own', version: '1', config: PLAIN, renderSize: 96 });
    narrow.dispose();
    const before = tf.memory().numTensors;
    const info = await widenModel(at('narrow'), at('wide'));
    const again = await widenModel(at('narrow'), at('again'));
    const other = await widenModel(at('narrow'), at('other'), { seed: 2 });
    expect(tf.memory().numTensors).toBe(before);
    expect(info).toMatchObject({ name: 'own', config: { ...PLAIN, width: 4 }, renderSize: 96 });
    expect(again.weightsSha256).toBe(info.weightsSha256);
    expect(other.weightsSha256).not.toBe(info.weightsSha256);
    const { model } = await loadModel(at('wide'));
    model.dispose();
    await expect(widenModel(at('narrow'), at('narrow'))).rejects.toMatchObject({ code: 'OCCUPIED' });
    await expect(widenModel(at('none'), at('new'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(widenModel(at('narrow'), at('new'), { noise: NaN })).rejects.toThrow(RangeError);
  });
});
