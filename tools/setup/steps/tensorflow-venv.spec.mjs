import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { fillFolder } from '../atomic.mjs';
import { TENSORFLOW_FOR_PYTHON } from '../versions.mjs';
import { tensorflowVenv, tensorflowVenvFolder } from './tensorflow-venv.mjs';

let cache;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'kinemacolor-setup-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

/** A venv as far as the check looks. */
const made = (requirement) =>
  fillFolder(
    tensorflowVenvFolder(cache),
    async (partial) => {
      await writeFile(join(partial, 'python'), '');
      await writeFile(join(partial, 'requirements.txt'), `${requirement}\n`);
    },
    { files: ['python', 'requirements.txt'] },
  );
const isThere = async () => (await tensorflowVenv.check({ cache })).ok;

test('is there when it is whole and of this version', async () => {
  expect(await isThere()).toBe(false);
  await made('tensorflow-cpu==1.0.0');
  expect(await isThere()).toBe(false);
  await made(TENSORFLOW_FOR_PYTHON.requirements[process.arch]);
  expect(await isThere()).toBe(true);
  await rm(join(tensorflowVenvFolder(cache), 'python'));
  expect(await isThere()).toBe(false);
});

test('without python3, and without a way to install it, says which packages to install and leaves nothing', async () => {
  vi.stubEnv('PATH', cache);
  const context = { root: cache, cache, signal: new AbortController().signal, say: () => {} };
  await expect(tensorflowVenv.provide(context)).rejects.toMatchObject({
    message: 'Missing: python3.',
    cure: expect.stringContaining('python3-venv'),
  });
  expect(await readdir(cache)).toEqual([]);
});

test('a Python that this TensorFlow has no wheel for is named', async () => {
  await writeFile(join(cache, 'python3'), '#!/bin/sh\necho Python 3.99.0\n', { mode: 0o755 });
  vi.stubEnv('PATH', cache);
  const context = { root: cache, cache, signal: new AbortController().signal, say: () => {} };
  await expect(tensorflowVenv.provide(context)).rejects.toThrow('below 3.13; here is Python 3.99.0');
});
