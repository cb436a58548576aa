import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildGenerator, type GeneratorConfig } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import { makeClip, scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkConfig } from '../config/read-config.js';
import type { TrainingConfig } from '../config/schema.js';
import { TrainingError } from '../config/training-error.js';
import { drawPicture, scenery } from '../testing/draw-picture.js';
import { heldOut } from './held-out.js';
import { Validator, type ValidatedModel } from './validator.js';

const root = scratchDir();
const at = (...names: string[]): string => path.join(root, ...names);

const config = (validation: Partial<NonNullable<TrainingConfig['validation']>>): TrainingConfig =>
  checkConfig('this', {
    name: 'mine',
    run: at('run'),
    networks: { kind: 'chroma', width: 4 },
    losses: { chroma: 1 },
    data: { color: [{ folder: at('colour') }] },
    validation: { color: at('held-out'), at: 32, samples: 2, ...validation },
    stages: [{ size: 32, epochs: 1, batch: 1, generator: { kind: 'constant', rate: 1e-3 } }],
  });
const open = async (validation: Partial<TrainingConfig['validation']> = {}): Promise<Validator> => {
  const { validation: settings, data } = config(validation);
  const { files } = await heldOut({ validation: settings, data });
  return Validator.open(settings, data, files);
};

const CHROMA: GeneratorConfig = { width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
const RGB: GeneratorConfig = { width: 4, residualBlocks: 1, inputChannels: 3, outputChannels: 3 };

/** @param gain of the last layer: 0 paints nothing */
function chromaModel(gain = 1): ValidatedModel {
  const generator = buildGenerator(CHROMA, 5);
  tf.tidy(() => {
    for (const weight of generator.getLayer('output').trainableWeights) weight.write(tf.mul(weight.read(), gain));
  });
  return { generator, generatorConfig: CHROMA, back: undefined };
}

beforeAll(async () => {
  await loadBackend('cpu');
  for (const name of ['colour', 'held-out', 'empty', 'damaged']) await mkdir(at(name));
  for (const i of [0, 1, 2]) await drawPicture(at('colour', `${i}.png`), 64, 48, scenery(i));
  for (const i of [3, 4, 5]) await drawPicture(at('held-out', `${i}.png`), 64, 48, scenery(i));
  await writeFile(at('damaged', 'broken.jpg'), 'no picture');
  await mkdir(at('grey'));
  for (const i of [0, 1]) await drawPicture(at('grey', `${i}.png`), 64, 48, (x) => [4 * x, 4 * x, 4 * x]);
});

describe('Validator', () => {
  it('measures beside grey and tone', async () => {
    const validator = await open();
    const { grey, tone } = validator.baselines;
    expect([grey.n, tone.n]).toEqual([3, 3]);
    expect(grey.colourfulnessRatio).toBeCloseTo(0, 3);
    const before = tf.memory().numTensors;
    const nothing = chromaModel(0);
    const unpainted = await validator.metrics(nothing);
    nothing.generator.dispose();
    // A generator that paints nothing is the grey baseline, up to the rounding of luma.
    expect(unpainted.psnr).toBeCloseTo(grey.psnr, 1);
    expect(unpainted.ciede2000).toBeCloseTo(grey.ciede2000, 1);
    expect(unpainted.flicker).toBeUndefined();
    const painter = chromaModel();
    const painted = await validator.metrics(painter);
    painter.generator.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(painted.n).toBe(3);
    expect(painted.psnr).not.toBeCloseTo(grey.psnr, 1);
    expect(painted.colourfulnessRatio).toBeGreaterThan(0.05);
  });

  it('takes no more pictures than it was told, and the same ones each time', async () => {
    const [two, again] = [await open({ most: 2 }), await open({ most: 2 })];
    expect(two.baselines.grey.n).toBe(2);
    expect(again.baselines).toEqual(two.baselines);
  });

  it('shows old pictures without a truth, and passes over a damaged one', async () => {
    await mkdir(at('old'));
    for (const i of [1, 3]) await drawPicture(at('old', `${i}.png`), 64, 48, (x) => [4 * x, 4 * x, 4 * x]);
    await writeFile(at('old', '0.jpg'), 'no picture');
    const { validation, data } = config({ samples: 6 });
    const { files } = await heldOut({ validation, data });
    // Six samples show two old pictures: the damaged one and the next but one.
    const validator = await Validator.open(validation, { ...data, bw: [{ folder: at('old'), weight: 1 }] }, files);
    const model = chromaModel();
    await validator.samples(model, at('old.png'));
    model.generator.dispose();
    const { data: pixels, info } = await sharp(at('old.png')).removeAlpha().raw().toBuffer({ resolveWithObject: true }); // prettier-ignore
    expect([info.width, info.height]).toEqual([3 * 256, (3 + 1) * 192]);
    const lastRow = (column: number): Buffer => pixels.subarray(3 * ((3 * 192 + 96) * info.width + column * 256 + 128)).subarray(0, 3); // prettier-ignore
    // A ramp from black to white: its middle, and the empty canvas where a truth would be.
    expect(Math.abs(lastRow(0)[0]! - 126)).toBeLessThan(6);
    expect([...lastRow(2)]).toEqual([0x20, 0x20, 0x20]);
  });

  it('measures flicker where there is a clip', async () => {
    const still = await makeClip({ folder: root, name: 'still.mkv', frames: 4, encoder: 'ffv1', picture: 'smptebars=size=64x48:rate=25' }); // prettier-ignore
    const model = chromaModel();
    expect((await (await open({ clip: still })).metrics(model)).flicker).toBe(0);
    model.generator.dispose();
  });

  it.each<[string, GeneratorConfig, readonly string[]]>([
    ['without a way back', CHROMA, ['input', 'output', 'truth']],
    ['with a way back', RGB, ['input', 'output', 'cycled', 'truth']],
  ])('draws a grid of samples %s', async (_, generatorConfig, columns) => {
    const file = at('samples', String(columns.length), 'grid.png');
    const generator = buildGenerator(generatorConfig, 1);
    const back = generatorConfig === RGB ? buildGenerator(RGB, 2) : undefined;
    const validator = await open();
    const before = tf.memory().numTensors;
    expect(await validator.samples({ generator, generatorConfig, back }, file)).toEqual(columns);
    expect(tf.memory().numTensors).toBe(before);
    const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    // Rows are 192 high, and the pictures 4 : 3.
    expect([info.width, info.height]).toEqual([256 * columns.length, 2 * 192]);
    const pixel = (column: number, row: number, x: number, y: number): number[] => {
      const from = 3 * ((row * 192 + y) * info.width + column * 256 + x);
      return [...data.subarray(from, from + 3)];
    };
    const places = Array.from({ length: 30 }, (__, i) => [20 + 7 * i, 20 + 5 * i] as const);
    for (const [row, number] of [3, 4].entries()) {
      const pixels = (column: number): number[][] => places.map(([x, y]) => pixel(column, row, x, y));
      for (const [r, g, b] of pixels(0)) expect(Math.max(r!, g!, b!) - Math.min(r!, g!, b!)).toBeLessThanOrEqual(1);
      const truth = places.map(([x, y]) => scenery(number)((x - 1.5) / 4, (y - 1.5) / 4));
      for (const [i, colour] of pixels(columns.length - 1).entries()) {
        for (const [c, level] of colour.entries()) expect(Math.abs(level - truth[i]![c]!)).toBeLessThan(8);
      }
      expect(pixels(1)).not.toEqual(pixels(0));
      expect(pixels(1)).not.toEqual(pixels(columns.length - 1));
    }
    generator.dispose();
    back?.dispose();
  });

  it.each<[string, string, RegExp]>([
    ['missing', 'nowhere', /nowhere cannot be listed/],
    ['empty', 'empty', /empty holds no picture/],
    ['grey', 'grey', /grey: all 2 pictures are grey or sepia.*validation\.color/],
    ['damaged', 'damaged', /broken\.jpg cannot be read: .*unsupported image format/],
  ])('says what is wrong where pictures are %s', async (_, name, words) => {
    const error = await open({ color: at(name) }).then(() => expect.unreachable('It was opened.'), (thrown: unknown) => thrown); // prettier-ignore
    expect(error).toBeInstanceOf(TrainingError);
    expect((error as TrainingError).code).toBe('BAD_DATA');
    expect((error as TrainingError).message).toMatch(words);
  });
});
