import { readFileSync } from 'node:fs';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { giveRecogniser } from '../begin-recogniser.js';
import { efficientNetLite0Layers } from '../features/efficientnet-lite0.js';
import type { WeightTensor } from '../features/weight-tensors.js';
import { buildGenerator } from '../generator.js';
import { EFFICIENTNET_LITE0_RECOGNISER } from './efficientnet-lite0-recogniser.js';

interface Stored {
  readonly size: number;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly taps: readonly {
    readonly stride: number;
    readonly channels: number;
    readonly step: number;
    readonly values: readonly number[];
  }[];
}

const stored = JSON.parse(
  readFileSync(new URL('../features/fixtures/efficientnet-lite0.json', import.meta.url), 'utf8'),
) as Stored;
const CONFIG = { width: 2, residualBlocks: 0, inputChannels: 1, outputChannels: 2, semantics: 'efficientnet-lite0' } as const; // prettier-ignore

beforeAll(() => loadBackend('cpu'));

/** Numbers in −1..1 from 32-bit integers alone, as tools/torch-fixtures/efficientnet_lite0.py has them. */
function noise(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let h = (Math.imul(i + 1, 2654435761) + Math.imul(seed, 1013904223)) >>> 0;
    h ^= h >>> 15;
    h = Math.imul(h, 2246822519);
    h ^= h >>> 13;
    return (h >>> 0) / 2 ** 31 - 1;
  });
}

function tensor(name: string, shape: readonly number[], seed: number): WeightTensor {
  const size = (sides: readonly number[]): number => sides.reduce((product, side) => product * side, 1);
  const values = noise(size(shape), seed);
  const scale = Math.sqrt(6 / size(shape.slice(1)));
  const made = values.map((value) => {
    if (name.endsWith('running_var')) return 1 + 0.5 * value;
    if (name.endsWith('running_mean') || name.endsWith('bias')) return 0.1 * value;
    return shape.length === 1 ? 1 + 0.2 * value : value * scale;
  });
  return { shape, data: Float32Array.from(made) };
}

const tensors = (): Map<string, WeightTensor> =>
  new Map(stored.tensors.map(({ name, shape }, i) => [name, tensor(name, shape, i)]));

describe('the recogniser of EfficientNet-Lite0', () => {
  it('computes what the published code does with the same weights', () => {
    const generator = buildGenerator(CONFIG, 1);
    const before = tf.memory().numTensors;
    const layers = efficientNetLite0Layers(tensors());
    giveRecogniser(generator, EFFICIENTNET_LITE0_RECOGNISER, layers, { scale: 1, shift: 0 });
    tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias]));
    expect(tf.memory().numTensors).toBe(before);
    const results = EFFICIENTNET_LITE0_RECOGNISER.taps.map(({ from }) => {
      const layer = generator.layers.find(({ name }) => name === `${from}_sum`) ?? generator.getLayer(from);
      return layer.output as tf.SymbolicTensor;
    });
    const tapped = tf.model({ inputs: generator.inputs, outputs: results });
    const { size } = stored;
    const luma = tf.tensor4d(Float32Array.from(noise(size * size, 9999)), [1, size, size, 1]);
    const actual = tapped.predict(luma) as tf.Tensor4D[];
    for (const [i, { stride, channels, step, values }] of stored.taps.entries()) {
      expect(actual[i]!.shape).toEqual([1, size / stride, size / stride, channels]);
      const data = actual[i]!.dataSync<'float32'>();
      const largest = Math.max(...values.map(Math.abs));
      for (const [k, value] of values.entries()) {
        expect(Math.abs(data[k * step]! - value) / largest, `stride ${stride}, value ${k}`).toBeLessThan(1e-4);
      }
    }
    tf.dispose([luma, actual]);
    generator.dispose();
  });

  it('names a tensor that is missing or has another shape, and leaves none', () => {
    const before = tf.memory().numTensors;
    const lacking = tensors();
    lacking.delete('_blocks.4._depthwise_conv.weight');
    expect(() => efficientNetLite0Layers(lacking)).toThrow('_blocks.4._depthwise_conv.weight');
    const other = new Map([...tensors(), ['_bn0.bias', { shape: [3], data: new Float32Array(3) }]]);
    expect(() => efficientNetLite0Layers(other)).toThrow('_bn0.bias has the shape [3]');
    expect(tf.memory().numTensors).toBe(before);
  });
});
