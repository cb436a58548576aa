import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '@kinemacolor/models';
import { trainingSchema, type TrainingConfig } from './config.js';
import { train } from './training-run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'train-'));
  await mkdir(path.join(folder, 'pictures'));
  // Bright things are orange, dark things are blue: learnt in a few steps by anything that learns.
  for (let k = 0; k < 4; k++) {
    const data = Buffer.from(
      Array.from({ length: 48 * 48 }, (_, i) =>
        (Math.floor((i % 48) / 12) + Math.floor(i / 576) + k) % 2 === 0 ? [230, 150, 60] : [20, 40, 130],
      ).flat(),
    );
    await sharp(data, { raw: { width: 48, height: 48, channels: 3 } })
      .png()
      .toFile(path.join(folder, 'pictures', `${k}.png`));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = (run: string, steps: number): TrainingConfig =>
  trainingSchema.parse({
    run: path.join(folder, run),
    generator: { width: 4, residualBlocks: 1 },
    train: [{ folder: path.join(folder, 'pictures') }],
    validation: path.join(folder, 'pictures'),
    batch: 2,
    crop: 24,
    largestRender: 32,
    filmShare: 0,
    steps,
    learningRate: 5e-3,
    warmUp: 5,
    average: 0.9,
    validateEvery: 60,
    validateAt: 32,
    checkpointEvery: 30,
  });

const metricsOf = async (run: string): Promise<{ chromaCorrelation: number; psnr: number }[]> =>
  (await readFile(path.join(folder, run, 'log.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { metrics?: { chromaCorrelation: number; psnr: number } })
    .flatMap(({ metrics }) => metrics ?? []);

describe('train', () => {
  it('learns two colours, writes a checkpoint and a model', async () => {
    const lines: string[] = [];
    await train(config('whole', 120), new AbortController().signal, (line) => lines.push(line));
    const metrics = await metricsOf('whole');
    expect(metrics).toHaveLength(2);
    expect(metrics[1]!.chromaCorrelation).toBeGreaterThan(0.6);
    expect(metrics[1]!.psnr).toBeGreaterThan(metrics[0]!.psnr);
    expect(existsSync(path.join(folder, 'whole', 'best', 'kinemacolor.json'))).toBe(true);
    expect(lines.some((line) => line.includes('tone'))).toBe(true);
  });

  it('goes on at the step at which it was stopped', async () => {
    await train(config('stopped', 60), new AbortController().signal, () => undefined);
    const lines: string[] = [];
    await train(config('stopped', 120), new AbortController().signal, (line) => lines.push(line));
    expect(lines).toContain('goes on at step 60');
    const metrics = await metricsOf('stopped');
    expect(metrics).toHaveLength(2);
    expect(metrics[1]!.chromaCorrelation).toBeGreaterThan(0.6);
  });

  it('saves and returns when it is told to stop', async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    await train(config('cut', 5000), stop.signal, (line) => {
      lines.push(line);
      if (line.startsWith('step 100/')) stop.abort();
    });
    expect(existsSync(path.join(folder, 'cut', 'checkpoint', 'state.json'))).toBe(true);
    expect(existsSync(path.join(folder, 'cut', 'last'))).toBe(false);
  });

  it('exports with the output gain, and trains without it', async () => {
    const [plain, gained] = [config('plain', 40), { ...config('gained', 40), outputGain: { u: 2, v: 3 } }];
    for (const each of [plain, gained]) await train(each, new AbortController().signal, () => undefined);
    const kernel = async (run: string): Promise<Float32Array> => {
      const { model } = await loadModel(path.join(folder, run, 'last'));
      const values = (await model.getLayer('output').getWeights()[0]!.data()) as Float32Array;
      model.dispose();
      return values;
    };
    const [once, twice] = [await kernel('plain'), await kernel('gained')];
    for (const [i, value] of twice.entries()) expect(value).toBeCloseTo((i % 2 === 0 ? 2 : 3) * once[i]!, 5);
    const checkpoints = await Promise.all(
      ['plain', 'gained'].map((run) => readFile(path.join(folder, run, 'checkpoint', 'tensors.bin'))),
    );
    expect(checkpoints[1]!.equals(checkpoints[0]!)).toBe(true);
  });
});
