import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildProgram, type BuiltProgram } from '../runtime/program.js';
import { storeEntry } from './entries.js';
import { cachedProgram, entryName, type CacheKey, type ProgramCacheOptions } from './program-cache.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'kinemacolor-test-'));
const KEY: CacheKey = { weights: 'w', size: 3 };

let folder: string;
let folders = 0;
let builds: number;
beforeAll(() => loadBackend('cpu'));
beforeEach(() => {
  folder = path.join(scratch, `cache-${++folders}`);
  builds = 0;
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** x · factor + 1 */
function build(factor = 2): Promise<BuiltProgram> {
  builds += 1;
  const fn = (x: tf.Tensor): tf.Tensor => tf.add(tf.mul(x, factor), 1);
  return buildProgram({ main: { fn, signature: [{ shape: [3] }] } });
}

/** What the program makes of 1, 2, 3. */
async function run(key: CacheKey, options: Partial<ProgramCacheOptions> = {}, factor = 2): Promise<number[]> {
  const program = await cachedProgram(key, () => build(factor), { folder, ...options });
  try {
    return tf.tidy(() => [...(program.functions['main']!(tf.tensor1d([1, 2, 3])) as tf.Tensor1D).dataSync()]);
  } finally {
    program.dispose();
  }
}

/** The one entry there is. */
async function theEntry(): Promise<string> {
  const names = await readdir(folder);
  expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  return path.join(folder, names[0]!);
}

async function contents(entry: string): Promise<string[]> {
  return Promise.all(['saved_model.pb', 'interface.json'].map((file) => readFile(path.join(entry, file), 'base64')));
}

describe('cachedProgram', () => {
  it('builds once for a key, in whatever order it is written, and keeps no tensors', async () => {
    expect(await run(KEY)).toEqual([3, 5, 7]);
    const tensors = tf.memory().numTensors;
    expect(await run({ size: 3, weights: 'w' }, {}, 9)).toEqual([3, 5, 7]);
    expect(builds).toBe(1);
    expect(tf.memory().numTensors).toBe(tensors);
    await theEntry();
  });

  it.each<[string, CacheKey]>([
    ['another value', { ...KEY, weights: 'v' }],
    ['a word for a number', { ...KEY, size: '3' }],
    ['another name', { weight: 'w', size: 3 }],
    ['one part more', { ...KEY, precision: 'bf16' }],
    ['one part less', { weights: 'w' }],
  ])('builds for another key: %s', async (_what, other) => {
    await run(KEY);
    expect(await run(other, {}, 10)).toEqual([11, 21, 31]);
    expect(await run(KEY)).toEqual([3, 5, 7]);
    expect(builds).toBe(2);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('turns down a program with variables, and stores nothing', async () => {
    const weight = tf.tidy(() => tf.variable(tf.scalar(2)));
    const fn = (x: tf.Tensor): tf.Tensor => tf.mul(x, weight);
    const trained = (): Promise<BuiltProgram> =>
      buildProgram({ main: { fn, signature: [{ shape: [3] }] } }, { variables: [weight] });
    const cached = cachedProgram(KEY, trained, { folder });
    await expect(cached).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(cached).rejects.toThrow('A program with variables cannot be cached');
    weight.dispose();
    expect(await run(KEY)).toEqual([3, 5, 7]);
    await theEntry();
  });

  it('passes on why it could not be built, and stores nothing', async () => {
    const broken = (): Promise<BuiltProgram> => Promise.reject(new Error('no weights'));
    await expect(cachedProgram(KEY, broken, { folder })).rejects.toThrow('no weights');
    expect(await run(KEY)).toEqual([3, 5, 7]);
  });
});

describe('a damaged entry', () => {
  type Damage = (entry: string) => Promise<unknown>;
  const change =
    (file: string, damaged: (text: string) => string): Damage =>
    async (entry) => {
      const [name, before] = [path.join(entry, file), await readFile(path.join(entry, file), 'latin1')];
      expect(damaged(before)).not.toBe(before);
      await writeFile(name, damaged(before), 'latin1');
    };
  const instead =
    (bytes: (whole: BuiltProgram) => Buffer): Damage =>
    async (entry) => {
      const built = await buildProgram({ main: { fn: (x: tf.Tensor) => tf.mul(x, 4), signature: [{ shape: [3] }] } });
      await rm(entry, { recursive: true });
      expect(await storeEntry(entry, { ...built, bytes: bytes(built) })).toBe(true);
    };

  it.each<[string, Damage]>([
    ['a graph that was cut off', change('saved_model.pb', (bytes) => bytes.slice(0, -20))],
    ['a graph with a changed byte', change('saved_model.pb', (bytes) => bytes.replace('serve', 'swerv'))],
    ['no graph', (entry) => rm(path.join(entry, 'saved_model.pb'))],
    ['an interface that was cut off', change('interface.json', (text) => text.slice(0, -9))],
    ['an empty interface', change('interface.json', () => '')],
    ['an interface that is null', change('interface.json', () => 'null')],
    ['an interface without functions', change('interface.json', (text) => text.replace('"functions"', '"fun"'))],
    ['an interface with another shape', change('interface.json', (text) => text.replace('[3]', '[4]'))],
    ['no interface', (entry) => rm(path.join(entry, 'interface.json'))],
    ['an empty folder', (entry) => rm(entry, { recursive: true }).then(() => mkdir(entry))],
    ['a file in its place', (entry) => rm(entry, { recursive: true }).then(() => writeFile(entry, 'x'))],
    ['a whole one that is no graph', instead(() => Buffer.from('this is no graph'))],
    [
      'a whole one that libtensorflow does not take',
      instead(({ bytes }) => Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('Mul', 'Mxl'), 'latin1')),
    ],
  ])('is built again: %s', async (_what, damage) => {
    await run(KEY);
    const entry = await theEntry();
    const whole = await contents(entry);
    await damage(entry);
    expect(await run(KEY)).toEqual([3, 5, 7]);
    expect(builds).toBe(2);
    expect(await contents(await theEntry())).toEqual(whole);
    await run(KEY);
    expect(builds).toBe(2);
  });
});

describe('the folder', () => {
  it('keeps the entries that were used last, and what is not an entry', async () => {
    await run({ size: 1 });
    const first = await theEntry();
    await run({ size: 2 });
    for (const name of await readdir(folder)) await utimes(path.join(folder, name), 2, 2);
    await utimes(first, 1, 1);
    await writeFile(path.join(folder, 'notes.txt'), 'not ours');
    await utimes(path.join(folder, 'notes.txt'), 0, 0);
    // Used now, although it was written first.
    await run({ size: 1 });
    await run({ size: 3 }, { most: 2 });
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['notes.txt', path.basename(first)]));
    expect(await readdir(folder)).toHaveLength(3);
    expect(builds).toBe(3);
    await run({ size: 2 });
    expect(builds).toBe(4);
  });

  it('forgets what a process left that ended while it was writing', async () => {
    const left = `${'0'.repeat(32)}.${crypto.randomUUID()}.writing`;
    await mkdir(path.join(folder, left), { recursive: true });
    await utimes(path.join(folder, left), 1, 1);
    await run(KEY, { most: 1 });
    await theEntry();
  });

  it('is done without where it cannot be made', async () => {
    await writeFile(folder, 'a file');
    const inFile = path.join(folder, 'cache');
    expect(await run(KEY, { folder: inFile })).toEqual([3, 5, 7]);
    expect(await run(KEY, { folder: inFile })).toEqual([3, 5, 7]);
    expect(builds).toBe(2);
    expect(await readFile(folder, 'utf8')).toBe('a file');
  });

  it.skipIf(process.getuid?.() === 0)('serves what it holds where it may only be read (skipped for root)', async () => {
    await run(KEY);
    chmodSync(folder, 0o500);
    expect(await run(KEY)).toEqual([3, 5, 7]);
    expect(builds).toBe(1);
    expect(await run({ size: 4 })).toEqual([3, 5, 7]);
    chmodSync(folder, 0o700);
    await theEntry();
  });
});

describe('several at once', () => {
  it('in one process: all get the program, and one entry stays', async () => {
    const results = await Promise.all(Array.from({ length: 4 }, () => run(KEY)));
    expect(results).toEqual(Array(4).fill([3, 5, 7]));
    await theEntry();
  });

  it('in two processes that build the same: both get the program, and the next one finds it', async () => {
    const meeting = path.join(scratch, 'meeting');
    await mkdir(meeting);
    const dist = new URL('../../dist/index.js', import.meta.url).href;
    // Each builds only when the other has begun to, so that neither finds the other's entry.
    const script = `
      import { readdir, writeFile } from 'node:fs/promises';
      import * as tf from '@tensorflow/tfjs';
      import { loadBackend } from '@kinemacolor/tensor';
      import { buildProgram, cachedProgram } from '${dist}';
      await loadBackend('cpu');
      let built = false;
      const build = async () => {
        await writeFile(${JSON.stringify(meeting)} + '/' + process.pid, '');
        while ((await readdir(${JSON.stringify(meeting)})).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        built = true;
        return buildProgram({ main: { fn: (x) => tf.add(x, 1), signature: [{ shape: [1] }] } });
      };
      const program = await cachedProgram({ size: 1 }, build, { folder: ${JSON.stringify(folder)} });
      const [value] = program.functions.main(tf.tensor1d([6])).dataSync();
      process.stdout.write(JSON.stringify({ built, value }));`;
    const child = async (): Promise<unknown> => {
      const args = ['--input-type=module', '-e', script];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        timeout: 50_000,
        cwd: import.meta.dirname,
      });
      return JSON.parse(stdout);
    };
    expect(await Promise.all([child(), child()])).toEqual(Array(2).fill({ built: true, value: 7 }));
    const entry = await theEntry();
    const whole = await contents(entry);
    expect(await child()).toEqual({ built: false, value: 7 });
    expect(await contents(await theEntry())).toEqual(whole);
  });
});

describe('the name of an entry', () => {
  const engine = { tensorflowVersion: '2.9.1', device: 'cpu' } as const;

  it('is another one for another TensorFlow, device or code', () => {
    const names = [
      entryName(KEY, engine, 'code'),
      entryName(KEY, { ...engine, tensorflowVersion: '2.18.0' }, 'code'),
      entryName(KEY, { ...engine, device: 'gpu' }, 'code'),
      entryName(KEY, engine, 'other code'),
    ];
    expect(new Set(names).size).toBe(4);
    expect(entryName(KEY, engine, 'code')).toBe(names[0]);
  });
});
