import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { buildGenerator } from './generator.js';
import { GENERATOR_PRESETS } from './generator-config.js';

type Shape = [number, number, number, number];
const random = (shape: Shape, seed: number): tf.Tensor4D => tf.randomUniform(shape, -1, 1, 'float32', seed);
const TINY = { width: 2, residualBlocks: 1, inputChannels: 1, outputChannels: 2 } as const;

function variablesOf(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights
    .map((weight) => weight.read())
    .filter((value): value is tf.Variable => value instanceof tf.Variable);
}

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('parameter counts', () => {
  it.each([
    ['nine blocks, the recipe', { ...GENERATOR_PRESETS.seed, residualBlocks: 9 }, 11_378_179],
    ['seed', GENERATOR_PRESETS.seed, 7_837_699],
  ])('%s', (_, config, count) => {
    const model = buildGenerator(config);
    expect(model.countParams()).toBe(count);
    model.dispose();
  });

  it.each(['fast', 'standard'] as const)('%s has those of its formula', (name) => {
    const { width: w, residualBlocks, inputChannels, outputChannels } = GENERATOR_PRESETS[name];
    const conv = (k: number, from: number, to: number): number => k * k * from * to + to;
    const encoder = conv(7, inputChannels, w) + conv(3, w, 2 * w) + conv(3, 2 * w, 4 * w);
    const decoder = conv(3, 4 * w, 2 * w) + conv(3, 2 * w, w) + conv(7, w, outputChannels);
    const model = buildGenerator(GENERATOR_PRESETS[name]);
    expect(model.countParams()).toBe(encoder + residualBlocks * 2 * conv(3, 4 * w, 4 * w) + decoder);
    model.dispose();
  });
});

describe('outputs', () => {
  it.each<[string, Shape, number, number]>([
    ['square', [1, 16, 16, 1], 1, 2],
    ['wide, two pictures', [2, 16, 40, 1], 1, 2],
    ['tall', [1, 28, 12, 3], 3, 3],
    ['the smallest', [1, 8, 8, 3], 3, 2],
    ['not multiples of 4: rounded up', [1, 10, 15, 1], 1, 2],
  ])('%s: the size of the input, within −1..1', (_, shape, inputChannels, outputChannels) => {
    const model = buildGenerator({ width: 2, residualBlocks: 2, inputChannels, outputChannels }, 1);
    tf.tidy(() => {
      const y = model.predict(random(shape, 1)) as tf.Tensor4D;
      const up = (side: number): number => 4 * Math.ceil(side / 4);
      expect(y.shape).toEqual([shape[0], up(shape[1]), up(shape[2]), outputChannels]);
      const values = y.dataSync();
      expect(values.every((value) => Math.abs(value) <= 1)).toBe(true);
      expect(Math.max(...values)).toBeGreaterThan(Math.min(...values));
    });
    model.dispose();
  });

  it('without residual blocks too', () => {
    const model = buildGenerator({ ...TINY, residualBlocks: 0 }, 1);
    expect(tf.tidy(() => (model.predict(random([1, 8, 12, 1], 1)) as tf.Tensor).shape)).toEqual([1, 8, 12, 2]);
    model.dispose();
  });

  it('the same seed gives the same weights, another seed others, and no two layers are alike', () => {
    const weights = (seed: number): Float32Array[] => {
      const model = buildGenerator(TINY, seed);
      const values = model.getWeights().map((weight) => Float32Array.from(weight.dataSync()));
      model.dispose();
      return values;
    };
    expect(weights(5)).toEqual(weights(5));
    expect(weights(5)[0]).not.toEqual(weights(6)[0]);
    const model = buildGenerator(TINY, 5);
    const [a, b] = ['block_0_a', 'block_0_b'].map((name) => model.getLayer(name).getWeights()[0]!.dataSync());
    expect(a).not.toEqual(b);
    model.dispose();
  });

  it('turns down a bad config', () => {
    expect(() => buildGenerator({ ...TINY, width: 0 })).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
  });
});

describe('gradients through the whole generator', () => {
  /** Change of the loss a unit of way along a direction, and the same by the gradient. */
  function compare(loss: (moved: tf.Tensor) => tf.Scalar, at: tf.Tensor, gradient: tf.Tensor): [number, number] {
    return tf.tidy(() => {
      // Along the gradient itself the loss changes most, so that rounding and the kinks of ReLU matter least; the change
      // is |g| only if g points the right way.
      const size = tf.norm(gradient).dataSync()[0]!;
      const step = 2e-4;
      const along = tf.mul(gradient, step / size);
      const [up, down] = [loss(tf.add(at, along)), loss(tf.sub(at, along))];
      return [(up.dataSync()[0]! - down.dataSync()[0]!) / (2 * step), size];
    });
  }

  it('are those of finite differences, for every weight and the input', () => {
    const model = buildGenerator(TINY, 3);
    const x = random([1, 16, 24, 1], 4);
    const weighting = random([1, 16, 24, 2], 5);
    const loss = (input: tf.Tensor): tf.Scalar => tf.sum(tf.mul(model.apply(input) as tf.Tensor, weighting));
    const variables = variablesOf(model);
    const { grads } = tf.variableGrads(() => loss(x), variables);

    for (const variable of variables) {
      const gradient = grads[variable.name]!;
      const name = variable.name.replace(/_\d+$/, '');
      if (name.endsWith('bias') && name !== 'output/bias') {
        // A constant before an instance norm does nothing.
        expect(
          tf.tidy(() => tf.max(tf.abs(gradient)).dataSync()[0]!),
          name,
        ).toBeLessThan(1e-3);
        continue;
      }
      const original = variable.clone();
      const [measured, computed] = compare(
        (moved) => {
          variable.assign(moved);
          return loss(x);
        },
        original,
        gradient,
      );
      variable.assign(original);
      original.dispose();
      expect(computed, name).toBeGreaterThan(1);
      expect(measured / computed, name).toBeCloseTo(1, 1);
    }

    const gradient = tf.grad(loss)(x);
    const [measured, computed] = compare(loss, x, gradient);
    expect(computed).toBeGreaterThan(1);
    expect(measured / computed).toBeCloseTo(1, 1);
    tf.dispose([x, weighting, grads, gradient]);
    model.dispose();
  });

  it('leave nothing behind in a training step', () => {
    const model = buildGenerator(TINY, 3);
    const variables = variablesOf(model);
    const step = (): void => {
      tf.tidy(() => {
        const x = random([2, 8, 8, 1], 4);
        tf.variableGrads(() => tf.mean(tf.square(model.apply(x, { training: true }) as tf.Tensor)), variables);
      });
    };
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) step();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

it('building, running and disposing leaves nothing', () => {
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) {
    const model = buildGenerator(TINY);
    const x = random([1, 8, 8, 1], 1);
    tf.dispose([x, model.predict(x)].flat());
    model.dispose();
  }
  expect(tf.memory().numTensors).toBe(before);
});
