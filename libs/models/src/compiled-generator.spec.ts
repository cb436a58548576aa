import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadBackend } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { generateChroma, type ChromaBytes } from './chroma-generator.js';
import { openGenerator, type OpenGenerator } from './compiled-generator.js';
import { buildGenerator } from './generator.js';
import type { GeneratorConfig } from './generator-config.js';
import { inferenceForm } from './inference.js';
import { loadModel, saveModel } from './model-files.js';
import { choosePrecision, parsePrecision } from './precision-choice.js';

const scratch = scratchDir();
const FAST: GeneratorConfig = { width: 8, residualBlocks: 2, inputChannels: 1, outputChannels: 2 };
const RGB: GeneratorConfig = { width: 4, residualBlocks: 1, inputChannels: 3, outputChannels: 3 };
const SIZE = { batch: 1, width: 48, height: 32 };
const picture = (pixels: number): Uint8Array => Uint8Array.from({ length: pixels }, (_, i) => (i * 7 + (i >> 5)) & 255);
const LUMA = picture(48 * 32);

async function makeModel(name: string, config: GeneratorConfig): Promise<string> {
  const folder = path.join(scratch, name);
  const model = buildGenerator(config, 5);
  await saveModel(model, folder, { name, version: '1', config, renderSize: 64 });
  model.dispose();
  return folder;
}

async function eagerly(folder: string, luma: Uint8Array, size: typeof SIZE): Promise<ChromaBytes> {
  const { model, info } = await loadModel(folder);
  const form = inferenceForm(model, info.config);
  model.dispose();
  const chroma = await generateChroma(form.forward, info.config, luma, size);
  form.dispose();
  return chroma;
}

const largest = (a: Uint8Array, b: Uint8Array): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
const meanOf = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length; // prettier-ignore
const opened: OpenGenerator[] = [];
async function open(...args: Parameters<typeof openGenerator>): Promise<OpenGenerator> {
  const generator = await openGenerator(...args);
  opened.push(generator);
  return generator;
}

let fast: string;
let rgb: string;
let caches = 0;
const newCache = (): string => path.join(scratch, `cache-${++caches}`);

beforeAll(async () => {
  await loadBackend('cpu');
  fast = await makeModel('fast', FAST);
  rgb = await makeModel('rgb', RGB);
});
afterEach(() => {
  for (const generator of opened.splice(0)) generator.dispose();
  vi.restoreAllMocks();
});

describe('a compiled generator', () => {
  it.each([
    ['fast', 1, 'fp32', 1],
    ['fast', 3, 'fp32', 1],
    ['fast', 1, 'bf16', 12],
    ['fast', 2, 'bf16', 12],
    ['rgb', 1, 'fp32', 1],
    ['rgb', 2, 'bf16', 12],
  ] as const)(
    '%s paints what the eager form paints, batch %d in %s, to %d levels',
    async (name, batch, precision, bound) => {
      const folder = name === 'fast' ? fast : rgb;
      const size = { ...SIZE, batch };
      const luma = picture(batch * LUMA.length);
      const expected = await eagerly(folder, luma, size);
      const generator = await open(folder, { precision, cache: newCache() });
      const { u, v } = await generator.generate(luma, size);
      expect([u.length, v.length]).toEqual([luma.length, luma.length]);
      // Rounding may tip a level over even in fp32; random weights paint the full range of levels.
      expect(largest(u, expected.u)).toBeLessThanOrEqual(bound);
      expect(largest(v, expected.v)).toBeLessThanOrEqual(bound);
      expect(meanOf(u, expected.u)).toBeLessThan(precision === 'fp32' ? 0.01 : 1.5);
      expect(new Set(u).size).toBeGreaterThan(10);
      expect(generator.precision).toBe(precision);
    },
  );

  it('serves several sizes at once, leaks no tensors, and says when it cannot take one', async () => {
    const generator = await open(fast, { precision: 'fp32', cache: newCache() });
    const sides = [32, 36, 40, 44, 48, 52, 32];
    for (const width of sides) await generator.generate(picture(width * 32), { ...SIZE, width });
    const before = tf.memory().numTensors;
    for (const width of sides) await generator.generate(picture(width * 32), { ...SIZE, width });
    expect(tf.memory().numTensors).toBe(before);
    await expect(generator.generate(LUMA, { ...SIZE, width: 47 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(generator.generate(LUMA, { ...SIZE, width: 44 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('its cache', () => {
  it('serves the next start without the network being built, from one entry a size and precision', async () => {
    const cache = newCache();
    const folder = path.join(scratch, 'moved');
    await cp(fast, folder, { recursive: true });
    const first = await (await open(folder, { precision: 'fp32', cache })).generate(LUMA, SIZE);
    expect(await readdir(cache)).toHaveLength(1);
    // Without the topology no network can be built any more.
    await rename(path.join(folder, 'model.json'), path.join(folder, 'away.json'));
    expect(await (await open(folder, { precision: 'fp32', cache })).generate(LUMA, SIZE)).toEqual(first);
    await expect((await open(folder, { precision: 'bf16', cache })).generate(LUMA, SIZE)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await rename(path.join(folder, 'away.json'), path.join(folder, 'model.json'));
    await (await open(folder, { precision: 'bf16', cache })).generate(LUMA, SIZE);
    expect(await readdir(cache)).toHaveLength(2);
  });

  it.each([
    ['a graph that was cut off', 'saved_model.pb', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    [
      'a graph with a changed byte',
      'saved_model.pb',
      (bytes: Buffer) => Buffer.from(bytes.map((b, i) => (i === 4000 ? b ^ 1 : b))),
    ],
    ['an empty interface', 'interface.json', () => Buffer.alloc(0)],
    ['an interface of something else', 'interface.json', () => Buffer.from('{"functions":{}}')],
  ])('builds again what is damaged: %s', async (_what, file, damage) => {
    const cache = newCache();
    const first = await (await open(fast, { precision: 'fp32', cache })).generate(LUMA, SIZE);
    const [entry] = await readdir(cache);
    const damaged = path.join(cache, entry!, file);
    const whole = await readFile(damaged);
    await writeFile(damaged, damage(whole));
    expect(await (await open(fast, { precision: 'fp32', cache })).generate(LUMA, SIZE)).toEqual(first);
    expect(await readFile(damaged)).toEqual(whole);
  });

  it('is done without where it cannot be written', async () => {
    const file = path.join(scratch, 'a-file');
    await writeFile(file, '');
    const expected = await (await open(fast, { precision: 'fp32', cache: newCache() })).generate(LUMA, SIZE);
    expect(await (await open(fast, { precision: 'fp32', cache: path.join(file, 'cache') })).generate(LUMA, SIZE)).toEqual(expected); // prettier-ignore
    const locked = newCache();
    await mkdir(locked);
    await chmod(locked, 0o500);
    expect(await (await open(fast, { precision: 'fp32', cache: locked })).generate(LUMA, SIZE)).toEqual(expected);
    await chmod(locked, 0o700);
  });
});

describe('where libtensorflow takes no graph', () => {
  it('the model runs op by op in fp32, and says so once', async () => {
    const backend = tf.backend() as unknown as { loadSavedModelMetaGraph: () => number };
    vi.spyOn(backend, 'loadSavedModelMetaGraph').mockImplementation(() => {
      throw new Error('not built with SavedModel support');
    });
    const warnings: string[] = [];
    const generator = await open(fast, {
      precision: 'bf16',
      cache: newCache(),
      warn: (message) => warnings.push(message),
    });
    const chroma = await generator.generate(LUMA, SIZE);
    await generator.generate(LUMA, SIZE);
    expect(warnings).toEqual([expect.stringMatching(/op by op.*not built with SavedModel support/)]);
    expect([generator.precision, generator.compiled]).toEqual(['fp32', false]);
    vi.restoreAllMocks();
    expect(chroma).toEqual(await eagerly(fast, LUMA, SIZE));
  });
});

describe('a damaged model', () => {
  it('is refused although its graph is in the cache', async () => {
    const cache = newCache();
    const folder = path.join(scratch, 'damaged');
    await cp(fast, folder, { recursive: true });
    await (await open(folder, { cache })).generate(LUMA, SIZE);
    await writeFile(path.join(folder, 'weights.bin'), 'nothing');
    await expect(openGenerator(folder, { cache })).rejects.toMatchObject({ code: 'CORRUPT' });
  });
});

describe('choosePrecision', () => {
  it.each([
    ['auto', 'cpu', 'flags : fpu avx512_bf16 sse', 'bf16'],
    ['auto', 'cpu', 'flags : fpu amx_bf16', 'bf16'],
    ['auto', 'cpu', 'Features : asimd bf16', 'bf16'],
    ['auto', 'cpu', 'flags : fpu avx512f avx2', 'fp32'],
    ['auto', 'cpu', '', 'fp32'],
    ['auto', 'gpu', '', 'bf16'],
    ['fp32', 'gpu', '', 'fp32'],
    ['bf16', 'cpu', '', 'bf16'],
  ] as const)('%s on a %s with "%s" is %s', (choice, device, cpuInfo, precision) => {
    expect(choosePrecision(choice, device, cpuInfo)).toBe(precision);
  });

  it('turns down other words', () => {
    expect(parsePrecision('bf16')).toBe('bf16');
    expect(() => parsePrecision('fp16')).toThrow(/"fp16" is not a precision: use auto, fp32 or bf16/);
  });
});

it('nothing is said on standard error while a graph is loaded', async () => {
  const script = `
    const { openGenerator } = await import('${new URL('../dist/index.js', import.meta.url).href}');
    const generator = await openGenerator(${JSON.stringify(fast)}, { cache: ${JSON.stringify(newCache())} });
    const { u } = await generator.generate(new Uint8Array(48 * 32), { batch: 1, width: 48, height: 32 });
    process.stderr.write('said ' + u.length);`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stderr).toBe('said 1536');
});

it('a graph that can be written nowhere is done without; a failure of one call is not kept for the next', async () => {
  const folder = await makeModel('moved', FAST);
  const generator = await open(folder, { precision: 'fp32', cache: newCache() });
  await rename(path.join(folder, 'weights.bin'), path.join(folder, 'away'));
  await expect(generator.generate(LUMA, SIZE)).rejects.toMatchObject({ name: 'ModelError' });
  await rename(path.join(folder, 'away'), path.join(folder, 'weights.bin'));
  const expected = await generator.generate(LUMA, SIZE);

  const file = path.join(scratch, 'no-folder');
  await writeFile(file, '');
  vi.stubEnv('TMPDIR', file);
  const warn = vi.fn();
  const nowhere = await open(folder, { precision: 'bf16', cache: path.join(file, 'cache'), warn });
  const actual = await nowhere.generate(LUMA, SIZE);
  vi.unstubAllEnvs();
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('could not be written'));
  expect(nowhere.precision).toBe('fp32');
  expect(largest(actual.u, expected.u)).toBeLessThanOrEqual(1);
});
