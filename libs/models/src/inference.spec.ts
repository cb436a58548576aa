import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { blockedKernel } from './blocked-convolution.js';
import { buildGenerator } from './generator.js';
import { GENERATOR_PRESETS, type GeneratorConfig } from './generator-config.js';
import { inferenceForm } from './inference.js';
import { tensorCount } from './tensor-count.js';

type Shape = [number, number, number, number];
const random = (shape: Shape, seed: number): tf.Tensor4D => tf.randomUniform(shape, -1, 1, 'float32', seed);
const largest = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0]!;
const SMALL_SEED: GeneratorConfig = { ...GENERATOR_PRESETS.seed, width: 4, residualBlocks: 2 };

/** A generator with biases that are not zero, so that dropping the wrong one shows. */
function generator(config: GeneratorConfig): tf.LayersModel {
  const model = buildGenerator(config, 11);
  tf.tidy(() => {
    model.setWeights(
      model
        .getWeights()
        .map((weight, i) => (weight.rank === 1 ? tf.randomNormal(weight.shape, 0, 0.3, 'float32', i) : weight)),
    );
  });
  return model;
}

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('inferenceForm', () => {
  it.each<[string, GeneratorConfig]>([
    ['fast', GENERATOR_PRESETS.fast],
    ['standard', GENERATOR_PRESETS.standard],
    ['seed, made small', SMALL_SEED],
    ['no residual blocks', { ...SMALL_SEED, residualBlocks: 0 }],
  ])('gives what the Layers model gives: %s', (_, config) => {
    const model = generator(config);
    const form = inferenceForm(model, config);
    const shapes: [number, number, number][] = [[1, 24, 40], [2, 32, 16], [1, 8, 8], [1, 10, 13]]; // prettier-ignore
    for (const [index, [batch, height, width]] of shapes.entries()) {
      tf.tidy(() => {
        const x = random([batch, height, width, config.inputChannels], index);
        const expected = model.predict(x) as tf.Tensor4D;
        const actual = form.forward(x);
        expect(actual.shape).toEqual(expected.shape);
        expect(largest(tf.sub(actual, expected))).toBeLessThan(1e-4);
        expect(largest(expected)).toBeGreaterThan(0.3);
      });
    }
    form.dispose();
    model.dispose();
  });

  it('works without the native backend as well', async () => {
    const model = generator(SMALL_SEED);
    const weights = model.getWeights().map((weight) => weight.arraySync());
    const x = random([2, 8, 12, 3], 5).arraySync();
    const run = (of: tf.LayersModel): Float32Array => {
      const form = inferenceForm(of, SMALL_SEED);
      const y = tf.tidy(() => Float32Array.from(form.forward(tf.tensor4d(x)).dataSync()));
      form.dispose();
      return y;
    };
    const expected = run(model);
    model.dispose();
    await tf.setBackend('cpu');
    try {
      const plain = buildGenerator(SMALL_SEED);
      tf.tidy(() => {
        plain.setWeights(weights.map((values) => tf.tensor(values)));
      });
      const actual = run(plain);
      plain.dispose();
      expect(Math.max(...actual.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(1e-4);
    } finally {
      await tf.setBackend('tensorflow');
    }
  });

  it('lives on after its model, and in a tidy of the caller', () => {
    const model = generator(SMALL_SEED);
    const x = random([1, 8, 8, 3], 6);
    const expected = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());
    let form: ReturnType<typeof inferenceForm> | undefined;
    tf.tidy(() => {
      form = inferenceForm(model, SMALL_SEED);
    });
    model.dispose();
    const actual = tf.tidy(() => form!.forward(x).dataSync());
    expect(Math.max(...actual.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(1e-4);
    form!.dispose();
    x.dispose();
  });

  it.each([1, 2])('leaves only its output, and nothing once disposed: batch %d', (batch) => {
    const before = tensorCount();
    const model = generator(SMALL_SEED);
    const form = inferenceForm(model, SMALL_SEED);
    model.dispose();
    const x = random([batch, 16, 12, 3], 7);
    form.forward(x).dispose();
    const ready = tensorCount();
    for (let i = 0; i < 5; i++) {
      const y = form.forward(x);
      expect(tensorCount()).toBe(ready + 1);
      y.dispose();
    }
    expect(tensorCount()).toBe(ready);
    form.dispose();
    x.dispose();
    expect(tensorCount()).toBe(before);
  });

  it('leaves nothing when the model is another one than the config says', () => {
    const model = generator({ ...SMALL_SEED, residualBlocks: 1 });
    const before = tensorCount();
    expect(() => inferenceForm(model, SMALL_SEED)).toThrow('block_1_a');
    expect(tensorCount()).toBe(before);
    model.dispose();
  });
});

describe('blockedKernel', () => {
  it.each([
    [7, 4, 3, 2],
    [3, 2, 2, 3],
    [5, 1, 1, 1],
  ])('is the same convolution: kernel %d, block %d, %d → %d channels', (k, block, inputs, outputs) => {
    tf.tidy(() => {
      const kernel = random([k, k, inputs, outputs], 8);
      const x = random([2, 4 * block + k - 1, 3 * block + k - 1, inputs], 9);
      const plain = tf.conv2d(x, kernel, 1, 'valid');
      const strided = tf.conv2d(x, blockedKernel(kernel, block), block, 'valid');
      const blocked = block === 1 ? strided : tf.depthToSpace(strided, block);
      expect(blocked.shape).toEqual(plain.shape);
      expect(largest(tf.sub(blocked, plain))).toBeLessThan(1e-5);
    });
  });
});
