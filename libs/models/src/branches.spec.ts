import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir, sharedFile } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { averageModels } from './average-models.js';
import { beginRecogniser } from './begin-recogniser.js';
import { generateChroma } from './chroma-generator.js';
import { openGenerator } from './compiled-generator.js';
import { exportSavedModel } from './export-saved-model.js';
import { openFeatures } from './features/open-features.js';
import { buildGenerator, outputLayers } from './generator.js';
import { sideStep, type GeneratorConfig } from './generator-config.js';
import { inferenceForm } from './inference.js';
import { loadModel, saveModel } from './model-files.js';
import { recogniserOf } from './recognisers/recogniser.js';
import { tensorCount } from './tensor-count.js';

const scratch = scratchDir();
const darknet = sharedFile('weights/darknet-tiny');
const PLAIN: GeneratorConfig = { width: 2, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
const RECOGNISER = recogniserOf('darknet-tiny')!.layers;
const KNOWING: GeneratorConfig = { ...PLAIN, semantics: 'darknet-tiny' };
const random = (shape: [number, number, number, number], seed: number): tf.Tensor4D =>
  tf.randomUniform(shape, -1, 1, 'float32', seed);
const largest = (x: tf.Tensor): number => tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0]!);

const GLANCING: GeneratorConfig = { ...PLAIN, semantics: 'glance' };
const LITE: GeneratorConfig = { ...PLAIN, semantics: 'efficientnet-lite0' };
const WAYS_IN = ['semantic_trunk', 'semantic_gain', 'semantic_output', 'glance_gain', 'glance_output'];

/** With ways in and biases that are not zero, so that a missing one shows. */
function trained(config: GeneratorConfig): tf.LayersModel {
  const model = buildGenerator(config, 7);
  tf.tidy(() => {
    for (const [i, layer] of model.layers.entries()) {
      const weights = layer.getWeights();
      if (weights.length === 0) continue;
      const wayIn = WAYS_IN.includes(layer.name);
      layer.setWeights(
        weights.map((weight) =>
          weight.rank === 1 || wayIn ? tf.randomNormal(weight.shape, 0, wayIn ? 0.05 : 0.2, 'float32', i + 1) : weight,
        ),
      );
    }
  });
  return model;
}

async function saved(name: string, model: tf.LayersModel, config: GeneratorConfig): Promise<string> {
  const folder = path.join(scratch, name);
  await saveModel(model, folder, { name, version: '1', config, renderSize: 64 });
  return folder;
}

beforeAll(() => loadBackend('cpu'));

describe.each([
  ['a semantic branch', KNOWING, 'semantic_output', 'semantic_gain'],
  ['a glance', GLANCING, 'glance_output', 'glance_gain'],
  ['a glance and a semantic branch of EfficientNet-Lite0', LITE, 'semantic_output', 'semantic_gain'],
] as const)('a generator with %s', (_, CONFIG, said, gained) => {
  it('begins as the same generator without it', () => {
    const [plain, grown] = [buildGenerator(PLAIN, 3), buildGenerator(CONFIG, 3)];
    tf.tidy(() => {
      for (const { name, weights } of plain.layers) {
        if (weights.length > 0) grown.getLayer(name).setWeights(plain.getLayer(name).getWeights());
      }
      const x = random([2, 32, 64, 1], 1);
      const [before, after] = [plain.predict(x) as tf.Tensor, grown.predict(x) as tf.Tensor];
      expect(after.shape).toEqual([2, 32, 64, 2]);
      expect(largest(tf.sub(before, after))).toBeLessThan(1e-6);
      expect(largest(before)).toBeGreaterThan(0.1);
    });
    plain.dispose();
    grown.dispose();
  });

  it('can say a colour that the whole picture has, which an instance norm takes away', () => {
    const [plain, grown] = [buildGenerator(PLAIN, 3), buildGenerator(CONFIG, 3)];
    tf.tidy(() => {
      const colour = tf.tensor1d([0.5, -0.5]);
      const output = grown.getLayer(said);
      output.setWeights([output.getWeights()[0]!, colour]);
      const x = random([1, 32, 32, 1], 2);
      const before = tf.atanh(plain.predict(x) as tf.Tensor);
      for (const { name, weights } of plain.layers) {
        if (weights.length > 0) grown.getLayer(name).setWeights(plain.getLayer(name).getWeights());
      }
      const after = tf.atanh(grown.predict(x) as tf.Tensor);
      expect(largest(tf.sub(tf.sub(after, before), colour))).toBeLessThan(1e-3);
    });
    plain.dispose();
    grown.dispose();
  });

  it('can say how strong the colours are, which an instance norm takes away', () => {
    const grown = buildGenerator(CONFIG, 3);
    tf.tidy(() => {
      const x = random([1, 32, 32, 1], 2);
      const before = tf.atanh(grown.predict(x) as tf.Tensor);
      const gain = grown.getLayer(gained);
      gain.setWeights([gain.getWeights()[0]!, tf.tensor1d([0.5, -0.75])]);
      const after = tf.atanh(grown.predict(x) as tf.Tensor);
      expect(largest(tf.sub(after, tf.mul(before, [1.5, 0.25])))).toBeLessThan(1e-3 * largest(after));
      expect(largest(before)).toBeGreaterThan(0.1);
    });
    grown.dispose();
  });

  it('is as much stronger as its output layers are', () => {
    const model = trained(CONFIG);
    tf.tidy(() => {
      const x = random([1, 32, 32, 1], 5);
      const before = tf.atanh(model.predict(x) as tf.Tensor);
      const factors = tf.tensor1d([0.5, 0.25]);
      for (const layer of outputLayers(model)) layer.setWeights(layer.getWeights().map((weight) => tf.mul(weight, factors))); // prettier-ignore
      const after = tf.atanh(model.predict(x) as tf.Tensor);
      expect(largest(tf.sub(after, tf.mul(before, factors)))).toBeLessThan(1e-3 * largest(before));
    });
    model.dispose();
  });

  it('is the same function op by op, and leaves nothing', () => {
    const model = trained(CONFIG);
    const before = tensorCount();
    const form = inferenceForm(model, CONFIG);
    for (const [index, [batch, height, width]] of (
      [
        [1, 32, 64],
        [2, 32, 32],
      ] as const
    ).entries()) {
      // prettier-ignore
      tf.tidy(() => {
        const x = random([batch, height, width, 1], index);
        const expected = model.predict(x) as tf.Tensor4D;
        expect(largest(tf.sub(form.forward(x), expected))).toBeLessThan(1e-4);
        expect(largest(expected)).toBeGreaterThan(0.1);
      });
    }
    form.dispose();
    expect(tensorCount()).toBe(before);
    model.dispose();
  });

  it.each([
    ['fp32', 1],
    ['bf16', 12],
  ] as const)('compiles: %s, to %d levels of the eager form', async (precision, bound) => {
    // prettier-ignore
    const model = trained(CONFIG);
    const name = `compiled-${CONFIG.semantics}-${precision}`;
    const folder = await saved(name, model, CONFIG);
    const form = inferenceForm(model, CONFIG);
    model.dispose();
    const size = { batch: 2, width: 64, height: 32 };
    const luma = Uint8Array.from({ length: 2 * 64 * 32 }, (_, i) => (i * 7 + (i >> 5)) & 255);
    const expected = await generateChroma(form.forward, CONFIG, luma, size);
    form.dispose();
    const warnings: string[] = [];
    const generator = await openGenerator(folder, { precision, cache: path.join(scratch, `cache-${name}`), warn: (line) => warnings.push(line) }); // prettier-ignore
    const actual = await generator.generate(luma, size);
    expect([generator.compiled, warnings]).toEqual([true, []]);
    for (const plane of ['u', 'v'] as const) {
      const off = actual[plane].map((value, i) => Math.abs(value - expected[plane][i]!));
      expect(Math.max(...off)).toBeLessThanOrEqual(bound);
      expect(new Set(expected[plane]).size).toBeGreaterThan(20);
    }
    await expect(generator.generate(luma.subarray(0, 22 * 32), { batch: 1, width: 22, height: 32 })).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(`multiples of ${sideStep(CONFIG)}`) as string }); // prettier-ignore
    generator.dispose();
  });

  it('is stored and read again, and is not mixed up with one without it', async () => {
    const [grown, plain] = [trained(CONFIG), buildGenerator(PLAIN, 1)];
    const folder = await saved(`stored-${said}`, grown, CONFIG);
    const other = await saved(`plain-${said}`, plain, PLAIN);
    const { model, info } = await loadModel(folder);
    expect(info.config).toEqual(CONFIG);
    tf.tidy(() => {
      const x = random([1, 32, 32, 1], 4);
      expect(largest(tf.sub(model.predict(x) as tf.Tensor, grown.predict(x) as tf.Tensor))).toBe(0);
    });
    for (const each of [grown, plain, model]) each.dispose();
    await expect(averageModels([folder, other], path.join(scratch, `mean-${said}`))).rejects.toMatchObject({ code: 'UNSUPPORTED' }); // prettier-ignore
    const small = { batch: 1, width: 22, height: 16 };
    await expect(exportSavedModel(folder, path.join(scratch, `exported-${said}`), small)).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(`multiples of ${sideStep(CONFIG)}`) as string }); // prettier-ignore
    const stored = JSON.parse(await readFile(path.join(other, 'kinemacolor.json'), 'utf8')) as { config: object };
    expect(Object.keys(stored.config)).not.toContain('semantics');
  });
});

describe('what looks at the picture', () => {
  it('is turned down where it is not known, and for RGB', () => {
    for (const config of [
      { ...PLAIN, semantics: 'vgg16' },
      { ...KNOWING, inputChannels: 3 },
    ]) {
      expect(() => buildGenerator(config as GeneratorConfig)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    }
  });
});

describe('beginRecogniser', () => {
  it.skipIf(darknet === undefined)('sees in luma what Darknet sees in grey (needs shared/weights)', async () => {
    const model = buildGenerator(KNOWING, 1);
    await beginRecogniser(model, KNOWING, darknet!);
    const features = await openFeatures({ kind: 'darknet-tiny', path: darknet! });
    const layers = [2, 6, 10, 14].map((number) => `${RECOGNISER[number - 1]!.name}_relu`);
    const tapped = tf.model({ inputs: model.inputs, outputs: layers.map((name) => model.getLayer(name).output as tf.SymbolicTensor) }); // prettier-ignore
    tf.tidy(() => {
      // Beyond the border both see zeros, which to Darknet are black and here are grey: far from it they agree.
      const luma = tf.image.resizeBilinear(random([1, 24, 24, 1], 3), [256, 256]);
      const expected = features.extract(tf.tile(luma, [1, 1, 1, 3]));
      const actual = tapped.predict(luma) as tf.Tensor4D[];
      for (const [i, tap] of expected.slice(0, 3).entries()) {
        const [, height, , channels] = tap.shape;
        const edge = Math.floor(height * 0.25);
        const inner = (t: tf.Tensor4D): tf.Tensor4D => tf.slice4d(t, [0, edge, edge, 0], [1, height - 2 * edge, height - 2 * edge, channels]); // prettier-ignore
        expect(actual[i]!.shape).toEqual(tap.shape);
        expect(largest(tf.sub(inner(actual[i]!), inner(tap))), layers[i]).toBeLessThan(1e-3 * largest(tap));
      }
    });
    features.dispose();
    model.dispose();
  });

  it('turns down a generator without a branch, and a folder without weights', async () => {
    const [plain, grown] = [buildGenerator(PLAIN, 1), buildGenerator(KNOWING, 1)];
    await expect(beginRecogniser(plain, PLAIN, scratch)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(beginRecogniser(grown, KNOWING, path.join(scratch, 'none'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    plain.dispose();
    grown.dispose();
  });
});
