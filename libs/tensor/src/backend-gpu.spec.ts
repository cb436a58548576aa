import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';

import { loadBackend } from './backend.js';

const hasGpu = readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name)) && hasGpuPackage();

function hasGpuPackage(): boolean {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'MODULE_NOT_FOUND' });
    return false;
  }
}

it.skipIf(hasGpu)('a GPU that is not there is an error with the cure, and the CPU can still be had', async () => {
  const failure = loadBackend('gpu');
  await expect(failure).rejects.toMatchObject({ name: 'TensorError', code: 'GPU_MISSING' });
  await expect(failure).rejects.toThrow(/npm run setup|--device cpu/);
  expect((await loadBackend('auto')).device).toBe('cpu');
});

it.runIf(hasGpu)('a GPU that is there is used', async () => {
  expect((await loadBackend('gpu')).device).toBe('gpu');
  expect(tf.tidy(() => tf.sum(tf.matMul(tf.ones([8, 8]), tf.ones([8, 8]))).dataSync()[0])).toBe(512);
});
