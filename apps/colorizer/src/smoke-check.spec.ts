import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { scratchDir } from '@kinemacolor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { smokeCheck, type SmokeWork } from './smoke-check.js';
import { saveTinyModel } from './testing/tiny-model.js';

const folder = scratchDir();
const work = (name: string): SmokeWork => ({ folder: path.join(folder, name), device: 'cpu', precision: 'fp32', side: 32 }); // prettier-ignore
const never = new AbortController().signal;
const check = (name: string): Promise<string | undefined> => smokeCheck(work(name), { limitMs: 60_000, signal: never });
/** A program that stands where the checker does. */
async function program(name: string, text: string): Promise<URL> {
  const file = path.join(folder, `${name}.mjs`);
  await writeFile(file, text);
  return pathToFileURL(file);
}

beforeAll(async () => {
  await saveTinyModel(path.join(folder, 'good'), { seed: 3 });
  await saveTinyModel(path.join(folder, 'flat'), { seed: 3, scale: 0 });
  await saveTinyModel(path.join(folder, 'nan'), { seed: 3, scale: NaN });
});

// Each check loads the engine in another process.
describe('the check of a model', { timeout: 180_000 }, () => {
  it('finds nothing wrong with one that paints', async () => {
    expect(await check('good')).toBeUndefined();
  });

  it('says what is wrong with one that paints one colour, or has weights that are no numbers', async () => {
    expect(await check('flat')).toMatch(/one colour/);
    expect(await check('nan')).toMatch(/nearly all 0 or 255|one colour/);
  });

  it('says what is wrong with one that is damaged', async () => {
    await saveTinyModel(path.join(folder, 'damaged'), { seed: 4 });
    const file = path.join(folder, 'damaged', 'weights.bin');
    await writeFile(file, (await readFile(file)).subarray(8));
    expect(await check('damaged')).toMatch(/damaged/);
  });

  it('outlives one that brings the engine down', async () => {
    const crash = await program('crash', `console.error('out of memory'); process.kill(process.pid, 'SIGKILL');`);
    const wrong = await smokeCheck(work('good'), { limitMs: 60_000, signal: never, program: crash });
    expect(wrong).toMatch(/brought the engine down \(SIGKILL: out of memory\)/);
  });

  it('does not wait for ever', async () => {
    const hang = await program('hang', `setInterval(() => undefined, 1000);`);
    const wrong = await smokeCheck(work('good'), { limitMs: 300, signal: never, program: hang });
    expect(wrong).toMatch(/within 0.3 s/);
    const stop = new AbortController();
    const stopped = smokeCheck(work('good'), { limitMs: 60_000, signal: stop.signal, program: hang });
    stop.abort(new Error('draining'));
    await expect(stopped).rejects.toThrow('draining');
  });
});
