import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { compile } from '@kinemacolor/compile';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { ModelError } from '../model-error.js';
import { readCheckpoint } from '../torch/index.js';
import type { ConvolutionStack } from './convolution-stack.js';
import { darknetTiny } from './darknet-tiny.js';
import { vgg16 } from './vgg16.js';
import type { WeightTensor } from './weight-tensors.js';
import { readManifestWeights } from './weights-manifest.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

interface Stored {
  readonly shape: [number, number, number, number];
  readonly values: number[];
}
interface About {
  readonly vggChannels: number[][];
  readonly darknetChannels: number[];
  readonly vgg: { input: Stored; taps: Stored[] };
  readonly darknet: { input: Stored; taps: Stored[] };
}
/** Networks with few channels and PyTorch's own results: tools/torch-fixtures/features.py */
const about = JSON.parse(readFileSync(fixture('about.json'), 'utf8')) as About;
const tensor = ({ shape, values }: Stored): tf.Tensor4D => tf.tensor4d(values, shape);

beforeAll(async () => {
  await loadBackend('cpu');
});

const openVgg = async (file = 'vgg.pth'): Promise<ConvolutionStack> =>
  vgg16(await readCheckpoint(fixture(file)), about.vggChannels);
const openDarknet = async (): Promise<ConvolutionStack> =>
  darknetTiny((await readManifestWeights(fixture('darknet'))).tensors, about.darknetChannels);

describe.each([
  ['vgg16', openVgg, about.vgg, ['features.22', 'features.32', 'features.42']],
  ['vgg16 of a checkpoint with old parameters', () => openVgg('vgg.parameters.pth'), about.vgg, undefined],
  ['darknet-tiny', openDarknet, about.darknet, ['conv_2', 'conv_6', 'conv_10', 'conv_14']],
] as const)('%s', (_, open, { input, taps }, names) => {
  it('gives at every tap what PyTorch gives', async () => {
    const stack = await open();
    if (names !== undefined) expect(stack.taps).toEqual(names);
    tf.tidy(() => {
      const ours = stack.extract(tensor(input));
      expect(ours.map(({ shape }) => shape)).toEqual(taps.map(({ shape }) => shape));
      for (const [i, tap] of ours.entries()) {
        const theirs = tensor(taps[i]!);
        expect(tf.max(tf.abs(tf.sub(tap, theirs))).dataSync()[0], `tap ${i}`).toBeLessThan(1e-4);
        expect(tf.moments(theirs).variance.dataSync()[0], `tap ${i}`).toBeGreaterThan(0.01);
      }
    });
    stack.dispose();
  });

  it('compiled is the same function, gradients included', async () => {
    const stack = await open();
    const loss = (x: tf.Tensor): tf.Scalar =>
      tf.addN(stack.extract(x as tf.Tensor4D).map((tap) => tf.mean(tf.square(tap)))).asScalar();
    const both = (x: tf.Tensor): tf.Tensor[] => {
      const { value, grad } = tf.valueAndGrad(loss)(x);
      return [value, grad];
    };
    const compiled = await compile(both, [{ shape: input.shape }]);
    tf.tidy(() => {
      const x = tensor(input);
      const [eager, inside] = [both(x), compiled(x)];
      for (const [i, expected] of eager.entries()) {
        const scale = tf.max(tf.abs(expected)).dataSync()[0]!;
        expect(scale).toBeGreaterThan(1e-3);
        expect(tf.max(tf.abs(tf.sub(inside[i]!, expected))).dataSync()[0]! / scale).toBeLessThan(1e-5);
      }
    });
    compiled.dispose();
    stack.dispose();
  });

  it('leaves the taps and nothing else', async () => {
    const none = tf.memory().numTensors;
    const stack = await open();
    const x = tensor(input);
    const before = tf.memory().numTensors;
    const found = stack.extract(x);
    expect(tf.memory().numTensors).toBe(before + stack.taps.length);
    tf.dispose([x, ...found]);
    stack.dispose();
    expect(tf.memory().numTensors).toBe(none);
  });
});

it("vgg16 takes what torchvision's file has: these names and shapes", () => {
  // prettier-ignore
  const places = [
    [0, 3, 64], [3, 64, 64], [7, 64, 128], [10, 128, 128], [14, 128, 256], [17, 256, 256], [20, 256, 256],
    [24, 256, 512], [27, 512, 512], [30, 512, 512], [34, 512, 512], [37, 512, 512], [40, 512, 512],
  ] as const;
  const filled = (shape: number[], value: number): WeightTensor => ({
    shape,
    data: new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(value),
  });
  const tensors = new Map<string, WeightTensor>();
  for (const [place, inputs, outputs] of places) {
    tensors.set(`features.${place}.weight`, filled([outputs, inputs, 3, 3], 0));
    tensors.set(`features.${place}.bias`, filled([outputs], 0));
    for (const name of ['weight', 'running_var']) tensors.set(`features.${place + 1}.${name}`, filled([outputs], 1));
    for (const name of ['bias', 'running_mean']) tensors.set(`features.${place + 1}.${name}`, filled([outputs], place));
  }
  const stack = vgg16(tensors);
  tf.tidy(() => {
    const taps = stack.extract(tf.zeros([1, 32, 48, 3]));
    expect(taps.map(({ shape }) => shape)).toEqual([
      [1, 8, 12, 256],
      [1, 4, 6, 512],
      [1, 2, 3, 512],
    ]);
  });
  stack.dispose();
  tensors.delete('features.41.running_var');
  expect(() => vgg16(tensors)).toThrow('no tensor features.41.running_var, which should be [512]');
});

describe('pictures that a network cannot see', () => {
  it.each([
    ['grey', [1, 32, 32, 1]],
    ['too small for the pools of vgg16', [1, 15, 40, 3]],
  ])('%s', async (_, shape) => {
    const stack = await openVgg();
    const picture: tf.Tensor4D = tf.zeros(shape as [number, number, number, number]);
    expect(() => stack.extract(picture)).toThrow(ModelError);
    expect(() => stack.extract(picture)).toThrow(`[${shape.join(', ')}]`);
    picture.dispose();
    stack.dispose();
  });
});
