import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '@kinemacolor/config';
import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { chromaLevels } from './chroma-function.js';
import { exportSavedModel } from './export-saved-model.js';
import { buildGenerator } from './generator.js';
import type { GeneratorConfig } from './generator-config.js';
import { saveModel } from './model-files.js';

const PYTHON = path.join(cacheFolder(), 'tensorflow-venv', 'bin', 'python');
const SCRIPT = fileURLToPath(new URL('../../../tools/tensorflow-peer/run_saved_model.py', import.meta.url));
const run = promisify(execFile);

const folder = scratchDir();
/** Levels, of 0..255: 1e-5 of the range, which is some 170 roundings of a float32 of that size. */
const BOUND = 255e-5;

async function inPython(
  model: string,
  luma: Float32Array,
): Promise<{ described: unknown; numbers: Record<string, Float32Array> }> {
  const out = path.join(model, '..', 'python');
  await mkdir(out);
  await writeFile(path.join(out, 'luma.f32'), luma);
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '-1' };
  const { stdout } = await run(PYTHON, [SCRIPT, model, path.join(out, 'luma.f32'), out], { env, timeout: 100_000 });
  const numbers: Record<string, Float32Array> = {};
  for (const name of ['v2-u', 'v2-v', 'v1-u', 'v1-v']) {
    const bytes = await readFile(path.join(out, `${name}.f32`));
    numbers[name] = new Float32Array(Uint8Array.from(bytes).buffer);
  }
  return { described: JSON.parse(stdout), numbers };
}

const difference = (a: Float32Array, b: Float32Array): number => {
  expect(a).toHaveLength(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
};

describe.skipIf(!existsSync(PYTHON))(
  'an exported model in Python (skipped without the set-up’s TensorFlow for Python)',
  () => {
    beforeAll(async () => {
      await loadBackend('cpu');
    });

    it.each<[string, GeneratorConfig, number]>([
      ['1 → 2 channels', { width: 4, residualBlocks: 2, inputChannels: 1, outputChannels: 2 }, 1],
      ['1 → 2 channels, batch 2', { width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2 }, 2],
      ['3 → 3 channels', { width: 4, residualBlocks: 2, inputChannels: 3, outputChannels: 3 }, 1],
    ])(
      'gives the numbers of the model run op by op here: %s',
      async (name, config, batch) => {
        const at = path.join(folder, name.replaceAll(/\W+/g, '-'));
        const model = buildGenerator(config, 3);
        const shape: [number, number, number, number] = [batch, 24, 36, 1];
        const luma = tf.randomUniform<tf.Rank.R4>(shape, 0, 255, 'float32', 5);
        const levels = chromaLevels((x) => model.apply(x) as tf.Tensor4D, config, luma);
        const [grey, u, v] = await Promise.all([luma, levels.u, levels.v].map((tensor) => tensor.data<'float32'>()));
        await saveModel(model, path.join(at, 'model'), { name: 'random', version: '1', config, renderSize: 24 });
        tf.dispose([luma, levels.u, levels.v]);
        model.dispose();

        await exportSavedModel(path.join(at, 'model'), path.join(at, 'exported'), { batch, width: 36, height: 24 });
        const { described, numbers } = await inPython(path.join(at, 'exported'), grey!);
        expect(described).toEqual({
          inputs: { luma: ['float32', shape] },
          outputs: { u: ['float32', shape], v: ['float32', shape] },
        });
        for (const loader of ['v1', 'v2']) {
          expect(difference(numbers[`${loader}-u`]!, u!)).toBeLessThan(BOUND);
          expect(difference(numbers[`${loader}-v`]!, v!)).toBeLessThan(BOUND);
        }
        // Two planes of one value each would agree as well.
        expect(difference(u!, v!)).toBeGreaterThan(10);
      },
      120_000,
    );
  },
);
