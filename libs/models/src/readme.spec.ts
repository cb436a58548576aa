import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { loadBackend } from '@kinemacolor/tensor';
import { expect, it } from 'vitest';

import {
  buildGenerator,
  generateChroma,
  GENERATOR_PRESETS,
  inferenceForm,
  loadModel,
  renderSizeFor,
  saveModel,
} from './index.js';

const read = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

it('the snippet of the README runs', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kinemacolor-readme-'));
  await loadBackend('cpu');
  const fresh = buildGenerator(GENERATOR_PRESETS.fast, 1);
  await saveModel(fresh, folder, { name: 'x', version: '1', config: GENERATOR_PRESETS.fast, renderSize: 32 });
  fresh.dispose();
  const film = { width: 64, height: 48 };
  const grey = (size: { width: number; height: number }): Uint8Array =>
    new Uint8Array(size.width * size.height).fill(90);
  // snippet
  await loadBackend();
  const { info, model } = await loadModel(folder);
  const { forward, dispose } = inferenceForm(model, info.config);
  model.dispose();

  const size = renderSizeFor(film, info.renderSize);
  const { u, v } = await generateChroma(forward, info.config, grey(size), { batch: 1, ...size });
  dispose();
  // end of snippet
  expect(u).toHaveLength(size.width * size.height);
  expect(v).toHaveLength(size.width * size.height);
  await rm(folder, { recursive: true });
});

it('the README shows that snippet', async () => {
  const [, snippet] = (await read('./readme.spec.ts')).split(/^ *\/\/ (?:end of )?snippet\n/m);
  const [, shown] = (await read('../README.md')).split(/^```(?:ts)?\n/m);
  expect(shown).toBe(snippet?.replaceAll(/^ {2}/gm, ''));
});
