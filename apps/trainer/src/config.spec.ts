import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.js';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(path.join(tmpdir(), 'config-')); }); // prettier-ignore
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('readConfig', () => {
  it('fills in what is left out', async () => {
    const file = path.join(folder, 'good.json');
    await writeFile(file, JSON.stringify({ run: 'r', train: [{ folder: 'a' }], validation: 'v', steps: 10 }));
    expect(await readConfig(file)).toMatchObject({ batch: 8, loss: { delta: 0.1 }, train: [{ weight: 1 }] });
  });

  it('lists everything that is wrong', async () => {
    const file = path.join(folder, 'bad.json');
    await writeFile(file, JSON.stringify({ run: 'r', train: [], steps: -1, colour: 'yes' }));
    await expect(readConfig(file)).rejects.toThrow(/bad\.json[^]*validation[^]*/);
    await expect(readConfig(file)).rejects.toThrow(/colour/);
    await expect(readConfig(file)).rejects.toThrow(/steps/);
  });
});
