import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { loadBackend } from '@kinemacolor/tensor';
import { describe, expect, it } from 'vitest';

import { loadModel } from './model-files.js';
import { modelFolder, shippedModels } from './shipped-models.js';

describe('modelFolder', () => {
  it('takes a path to a folder with a model', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kinemacolor-shipped-'));
    expect(() => modelFolder(folder)).toThrow(expect.objectContaining({ name: 'ModelError', code: 'NOT_FOUND' }));
    await writeFile(path.join(folder, 'kinemacolor.json'), '{}');
    expect(modelFolder(folder)).toBe(folder);
    expect(modelFolder(path.relative(process.cwd(), folder))).toBe(folder);
    await rm(folder, { recursive: true });
  });

  it('names what it was asked for when there is no such model', () => {
    expect(() => modelFolder('no-such-model')).toThrow('No model "no-such-model"');
    expect(() => modelFolder('')).toThrow('No model ""');
  });
});

describe('the shipped models', () => {
  it.skipIf(shippedModels().length === 0)('can be loaded by name', async () => {
    await loadBackend('cpu');
    for (const name of shippedModels()) {
      const { info, model } = await loadModel(modelFolder(name));
      expect(info.name).toBe(name);
      model.dispose();
    }
  });
});
