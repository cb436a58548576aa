import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildGenerator, GENERATOR_PRESETS, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTrainingPair } from '../training/training-pair.js';
import { generatorPair } from './generator-pair.js';
import { measurePair } from './measure-pair.js';
import { stepPair } from './step-pair.js';

const SIZE = { height: 36, width: 52 };
const STEP = 16;
const WORK = { rounds: 2, frames: 1 };

let folder: string;
const model = (seed: number): string => path.join(folder, `model-${seed}`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bench-spec-'));
  await loadBackend('cpu');
  for (const seed of [1, 2]) {
    const config = { ...GENERATOR_PRESETS.fast, width: 4 };
    const made = buildGenerator(config, seed);
    await saveModel(made, model(seed), { name: 'random', version: '1', config, renderSize: 36 });
    made.dispose();
    await writeTrainingPair(model(seed), STEP);
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('a pass that the generator has use for is timed with and without', async () => {
  const times = await measurePair(await generatorPair(model(1), SIZE, 'fusedInstanceNorm'), WORK);
  expect(times!.nodes.off).toBeGreaterThan(times!.nodes.on);
  expect(times!.rounds).toHaveLength(WORK.rounds);
  for (const { on, off, firstOn, firstOff } of times!.rounds) {
    for (const ms of [on, off, firstOn, firstOff]) expect(ms).toBeGreaterThan(0);
  }
});

test('a pass that changes nothing is told as such', async () => {
  expect(await measurePair(await generatorPair(model(1), SIZE, 'filterGradients'), WORK)).toBeUndefined();
});

test('floats take fewer nodes than packed bytes, and give the same picture', async () => {
  const times = await measurePair(await generatorPair(model(1), SIZE, 'packedBytes'), WORK);
  expect(times!.nodes.off).toBeLessThan(times!.nodes.on);
  expect(times!.difference).toBeLessThan(1e-3);
});

test('a step is timed with and without, and both learn the same', async () => {
  const times = await measurePair(await stepPair(model(1), STEP, 'activationGradients'), WORK);
  expect(times!.nodes.off).not.toBe(times!.nodes.on);
  expect(times!.rounds).toHaveLength(WORK.rounds);
});

test('other weights are another function, and nothing is timed', async () => {
  const [one, other] = [1, 2].map(model) as [string, string];
  const pictures = await generatorPair(one, SIZE, 'fusedInstanceNorm');
  const { off } = await generatorPair(other, SIZE, 'fusedInstanceNorm');
  await expect(measurePair({ ...pictures, off }, WORK)).rejects.toThrow('with and without fusedInstanceNorm differs');

  const step = await stepPair(one, STEP, 'zeroPadding');
  const wrong = { ...step.off, run: async (...program: Parameters<typeof step.off.run>) => 1.1 * (await step.off.run(...program)) }; // prettier-ignore
  await expect(measurePair({ ...step, off: wrong }, WORK)).rejects.toThrow('the step without zeroPadding');
});
