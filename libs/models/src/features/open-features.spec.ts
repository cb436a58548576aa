import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir, sharedFile } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { ModelError } from '../model-error.js';
import { FEATURE_SOURCES, verifyFeatureFiles } from './feature-sources.js';
import { openFeatures, type OpenFeaturesOptions } from './open-features.js';
import { sha256Of } from './sha256.js';
import { readManifestWeights } from './weights-manifest.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const generator = fileURLToPath(new URL('../torch/fixtures/six.zip.pth', import.meta.url));
const scratch = scratchDir();
const darknet = sharedFile('weights/darknet-tiny');

beforeAll(async () => {
  await loadBackend('cpu');
});

async function failureOf(action: Promise<unknown>): Promise<ModelError> {
  const thrown: unknown = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ModelError)) throw new Error('no ModelError was thrown', { cause: thrown });
  return thrown;
}
const failure = (options: OpenFeaturesOptions): Promise<ModelError> => failureOf(openFeatures(options));

describe('openFeatures of the wrong files', () => {
  it('names the tensor, the wanted shape and the one found, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const vgg = await failure({ kind: 'vgg16', path: fixture('vgg.pth') });
    expect(vgg.code).toBe('UNSUPPORTED');
    expect(vgg.message).toContain('vgg.pth is not VGG16 with batch norm');
    expect(vgg.message).toContain(
      'tensor features.0.weight has the shape [2, 3, 3, 3], but [64, 3, 3, 3] belongs there',
    );
    const small = await failure({ kind: 'darknet-tiny', path: fixture('darknet') });
    expect(small.code).toBe('UNSUPPORTED');
    expect(small.message).toContain('conv2d_1/kernel has the shape [3, 3, 3, 3], but [3, 3, 3, 16] belongs there');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names the first tensor that is not there', async () => {
    const { code, message } = await failure({ kind: 'vgg16', path: generator });
    expect(code).toBe('UNSUPPORTED');
    expect(message).toContain('no tensor features.0.weight');
  });

  it('says which file is missing', async () => {
    expect((await failure({ kind: 'vgg16', path: scratch })).message).toContain('is not a file');
    const { code, message } = await failure({ kind: 'darknet-tiny', path: path.join(scratch, 'nonesuch') });
    expect(code).toBe('NOT_FOUND');
    expect(message).toContain(path.join('nonesuch', 'model.json'));
  });

  it('compares with the digest that is expected, and with SHA256SUMS beside a file', async () => {
    const digest = await sha256Of(fixture('vgg.pth'));
    const wrong = await failure({ kind: 'vgg16', path: fixture('vgg.pth'), sha256: '00'.repeat(32) });
    expect(wrong.code).toBe('CORRUPT');
    expect(wrong.message).toContain(digest);
    // The right one, or its beginning, passes on to the shapes.
    for (const sha256 of [digest, digest.slice(0, 8)]) {
      expect((await failure({ kind: 'vgg16', path: fixture('vgg.pth'), sha256 })).code).toBe('UNSUPPORTED');
    }
    const folder = path.join(scratch, 'sums');
    await mkdir(folder);
    await copyFile(fixture('vgg.pth'), path.join(folder, 'vgg.pth'));
    await writeFile(path.join(folder, 'SHA256SUMS'), `${'11'.repeat(32)}  vgg.pth\n`);
    expect((await failure({ kind: 'vgg16', path: path.join(folder, 'vgg.pth') })).message).toContain('1111');
  });
});

describe('a folder of weights', () => {
  const copied = async (name: string): Promise<string> => {
    const folder = path.join(scratch, name);
    await cp(fixture('darknet'), folder, { recursive: true });
    return folder;
  };

  it('is not read when a file is cut short or not what SHA256SUMS says', async () => {
    const folder = await copied('cut');
    const file = path.join(folder, 'group2-shard1of1');
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length - 4));
    const cut = await failureOf(readManifestWeights(folder));
    expect(cut.code).toBe('CORRUPT');
    expect(cut.message).toContain(`group2-shard1of1: ${whole.length - 4} bytes where ${whole.length} belong`);
    await writeFile(path.join(folder, 'SHA256SUMS'), `${await sha256Of(fixture('darknet/group2-shard1of1'))}  group2-shard1of1\n`); // prettier-ignore
    expect((await failureOf(readManifestWeights(folder))).message).toContain('is damaged or another file');
    await writeFile(file, whole);
    expect((await readManifestWeights(folder)).tensors.has('conv2d_14/kernel')).toBe(true);
  });

  it.each([
    ['that is no JSON', '{', 'is not JSON'],
    ['without a manifest', '{}', 'no weights manifest'],
    ['that reaches out of it', '{"weightsManifest":[{"paths":["../x"],"weights":[]}]}', 'no weights manifest'],
    ['of other numbers', '{"weightsManifest":[{"paths":[],"weights":[{"name":"a","shape":[0],"dtype":"int32"}]}]}', 'a is not plain float32'], // prettier-ignore
  ])('is not read with a model.json %s', async (_, text, message) => {
    const folder = await copied('manifest');
    await writeFile(path.join(folder, 'model.json'), text);
    expect((await failureOf(readManifestWeights(folder))).message).toContain(message);
    await rm(folder, { recursive: true });
  });
});

describe.skipIf(darknet === undefined)('the real darknet-tiny (skipped without shared/weights/darknet-tiny)', () => {
  const [source] = FEATURE_SOURCES.filter(({ kind }) => kind === 'darknet-tiny');

  it('is the published one, and a changed file is not', async () => {
    expect(await verifyFeatureFiles(source!, darknet!)).toBe(32);
    const folder = path.join(scratch, 'changed');
    await cp(darknet!, folder, { recursive: true });
    const file = path.join(folder, 'group30-shard1of1');
    const bytes = await readFile(file);
    bytes[100]! ^= 1;
    await rm(file);
    await writeFile(file, bytes);
    const changed = await failureOf(verifyFeatureFiles(source!, folder));
    expect(changed.code).toBe('CORRUPT');
    expect(changed.message).toContain('group30-shard1of1');
    expect((await failure({ kind: 'darknet-tiny', path: folder })).code).toBe('CORRUPT');
  });

  it('has features of about one size at every tap, which tell a picture from another', async () => {
    const network = await openFeatures({ kind: 'darknet-tiny', path: darknet! });
    expect(network.sha256).toMatch(/^[0-9a-f]{64}$/);
    // A path to its model.json is the same.
    const again = await openFeatures({ kind: 'darknet-tiny', path: path.join(darknet!, 'model.json'), sha256: network.sha256 }); // prettier-ignore
    again.dispose();
    tf.tidy(() => {
      const side = 64;
      const [row, column] = [tf.range(0, side).reshape([side, 1]), tf.range(0, side).reshape([1, side])];
      const waves = tf.sin(tf.add(tf.mul(row, 0.3), tf.mul(column, 0.1)));
      const disc = tf.sub(tf.mul(tf.cast(tf.less(tf.add(tf.square(tf.sub(row, 32)), tf.square(tf.sub(column, 32))), 300), 'float32'), 1.6), 0.8); // prettier-ignore
      const coloured = (plane: tf.Tensor): tf.Tensor => tf.stack([plane, tf.mul(plane, 0.5), tf.mul(plane, -0.5)], 2);
      const taps = network.extract(tf.stack([coloured(waves), coloured(disc)]) as tf.Tensor4D);
      expect(taps.map(({ shape }) => shape)).toEqual([
        [2, 32, 32, 32],
        [2, 16, 16, 128],
        [2, 8, 8, 256],
        [2, 4, 4, 512],
      ]);
      for (const [i, tap] of taps.entries()) {
        const deviation = tf.sqrt(tf.moments(tap).variance).dataSync()[0]!;
        expect(deviation, network.taps[i]).toBeGreaterThan(0.2);
        expect(deviation, network.taps[i]).toBeLessThan(3);
        const [first, second] = tf.unstack(tap) as [tf.Tensor, tf.Tensor];
        expect(tf.mean(tf.abs(tf.sub(first, second))).dataSync()[0], network.taps[i]).toBeGreaterThan(0.1);
      }
    });
    network.dispose();
  });
});
