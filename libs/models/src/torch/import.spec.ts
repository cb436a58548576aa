import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { ModelError } from '../model-error.js';
import { importCycleGanDiscriminator } from './import-discriminator.js';
import { importCycleGanGenerator } from './import-generator.js';
import { readCheckpoint } from './read-checkpoint.js';
import { type Checkpoint, type CheckpointTensor } from './state-dict.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

interface About {
  readonly networks: Readonly<Record<string, { input: Shape; output: Shape }>>;
}
type Shape = [number, number, number, number];
const about = JSON.parse(readFileSync(fixture('about.json'), 'utf8')) as About;

/** A stored NCHW tensor as NHWC. */
function stored(network: string, which: 'input' | 'output'): tf.Tensor4D {
  const bytes = readFileSync(fixture(`${network}.${which}.f32`));
  const values = Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, about.networks[network]![which]), [0, 2, 3, 1]));
}

/** Largest difference between the model's output and PyTorch's, and the spread of PyTorch's own. */
function compare(model: tf.LayersModel, network: string): { difference: number; spread: number } {
  return tf.tidy(() => {
    const theirs = stored(network, 'output');
    const ours = model.predict(stored(network, 'input')) as tf.Tensor4D;
    expect(ours.shape).toEqual(theirs.shape);
    return {
      difference: tf.max(tf.abs(tf.sub(ours, theirs))).dataSync()[0]!,
      spread: tf.moments(theirs).variance.dataSync()[0]! ** 0.5,
    };
  });
}

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('importCycleGanGenerator', () => {
  it.each([
    ['six.zip.pth', 'six', { width: 2, residualBlocks: 6, inputChannels: 3, outputChannels: 3 }],
    ['six.legacy.pth', 'six', { width: 2, residualBlocks: 6, inputChannels: 3, outputChannels: 3 }],
    ['six.statistics.pth', 'six', { width: 2, residualBlocks: 6, inputChannels: 3, outputChannels: 3 }],
    ['nine.zip.pth', 'nine', { width: 2, residualBlocks: 9, inputChannels: 1, outputChannels: 2 }],
    ['nine.legacy.pth', 'nine', { width: 2, residualBlocks: 9, inputChannels: 1, outputChannels: 2 }],
  ])('gives the outputs of PyTorch for %s', async (file, network, config) => {
    const generator = importCycleGanGenerator(await readCheckpoint(fixture(file)));
    expect(generator.config).toEqual(config);
    const { difference, spread } = compare(generator.model, network);
    generator.model.dispose();
    expect(spread).toBeGreaterThan(0.1);
    expect(difference).toBeLessThan(1e-4);
  });

  it('leaves no tensors behind', async () => {
    const checkpoint = await readCheckpoint(fixture('six.zip.pth'));
    importCycleGanGenerator(checkpoint).model.dispose();
    const before = tf.memory().numTensors;
    importCycleGanGenerator(checkpoint).model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('importCycleGanDiscriminator', () => {
  it.each(['patch.zip.pth', 'patch.legacy.pth'])('gives the outputs of PyTorch for %s', async (file) => {
    const discriminator = importCycleGanDiscriminator(await readCheckpoint(fixture(file)));
    expect(discriminator.config).toEqual({ width: 2, inputChannels: 3 });
    const { difference, spread } = compare(discriminator.model, 'patch');
    discriminator.model.dispose();
    expect(spread).toBeGreaterThan(0.1);
    expect(difference).toBeLessThan(1e-4);
  });

  it('turns down a generator, saying what it is', async () => {
    const generator = await readCheckpoint(fixture('six.zip.pth'));
    expect(() => importCycleGanDiscriminator(generator, 'G.pth')).toThrow(
      /^G\.pth: not a 70×70 PatchGAN.*ResNet generator/,
    );
  });
});

describe('a network that is not CycleGAN’s generator', () => {
  let six: Checkpoint;
  const tensor = (...shape: number[]): CheckpointTensor => ({
    shape,
    data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
  });
  const sixWith = (changes: readonly [string, CheckpointTensor | undefined][]): Checkpoint => {
    const changed = new Map(six);
    for (const [name, value] of changes) {
      if (value) changed.set(name, value);
      else changed.delete(name);
    }
    return changed;
  };
  const message = (checkpoint: Checkpoint): string => {
    try {
      importCycleGanGenerator(checkpoint).model.dispose();
    } catch (error) {
      if (error instanceof ModelError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'imported';
  };

  beforeAll(async () => {
    six = await readCheckpoint(fixture('six.zip.pth'));
  });

  it('is imported when nothing is changed', () => {
    expect(message(sixWith([]))).toBe('imported');
  });

  it('is named: a discriminator, a U-Net, something else', async () => {
    expect(message(await readCheckpoint(fixture('patch.zip.pth')))).toContain('a PatchGAN discriminator');
    expect(message(new Map([['model.model.0.weight', tensor(4, 3, 4, 4)]]))).toContain('a U-Net generator (pix2pix)');
    expect(message(new Map([['fc.weight', tensor(2, 2)]]))).toMatch(/unknown network with 1 tensors \(fc\.weight\)/);
  });

  it('is named: batch norm, instance norm with parameters', () => {
    const affine: [string, CheckpointTensor][] = [['model.2.weight', tensor(2)], ['model.2.bias', tensor(2)]]; // prettier-ignore
    expect(message(sixWith(affine))).toContain('instance norm with parameters at model.2');
    expect(message(sixWith([...affine, ['model.2.running_var', tensor(2)]]))).toContain('batch norm at model.2');
  });

  it('is turned down for a tensor that is missing, of another shape, unknown, or not finite', () => {
    expect(message(sixWith([['model.4.bias', undefined]]))).toMatch(/^UNSUPPORTED.*no tensor model\.4\.bias/);
    expect(message(sixWith([['model.7.weight', tensor(8, 5, 3, 3)]]))).toMatch(/model\.7\.weight has shape \[8, 5, 3, 3\] where \[8, 4, 3, 3\]/); // prettier-ignore
    expect(message(sixWith([['model.99.weight', tensor(1)]]))).toMatch(/model\.99\.weight that is unknown/);
    const broken = { shape: [4], data: Float32Array.of(0, NaN, 0, 0) };
    expect(message(sixWith([['model.4.bias', broken]]))).toMatch(/^CORRUPT.*model\.4\.bias/);
  });
});
