import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture, scenery } from '../testing/draw-picture.js';
import { checkConfig } from '../config/read-config.js';
import type { TrainingConfig } from '../config/schema.js';
import { heldOut } from './held-out.js';

const folder = scratchDir();

const config = (color: string, validation: object): TrainingConfig =>
  checkConfig('test', {
    name: 'test',
    run: folder,
    networks: { kind: 'chroma', width: 2 },
    losses: { chroma: 1 },
    // One folder twice, as weights by name are told.
    data: { color: [{ folder: path.join(folder, color) }, { folder: path.join(folder, color), match: '^00' }] },
    validation,
    stages: [{ size: 32, epochs: 1, batch: 1, generator: { kind: 'constant', rate: 1e-3 } }],
  });

beforeAll(async () => {
  for (const [name, count] of [['few', 19], ['many', 100]] as const) {
    await mkdir(path.join(folder, name));
    for (let k = 0; k < count; k++) {
      await drawPicture(path.join(folder, name, `${String(k).padStart(3, '0')}.jpg`), 40, 40, scenery(k));
    }
  }
}); // prettier-ignore

describe('heldOut', () => {
  it('takes every twentieth training picture, each once, and keeps it from training', async () => {
    const { files, taken } = await heldOut(config('many', {}));
    expect(files.map((file) => path.basename(file))).toEqual(['000.jpg', '020.jpg', '040.jpg', '060.jpg', '080.jpg']);
    expect([...taken]).toEqual(files);
  });

  it('takes the next one for a picture that is damaged or has no colours: training skips and names those', async () => {
    await cp(path.join(folder, 'many'), path.join(folder, 'mixed'), { recursive: true });
    await writeFile(path.join(folder, 'mixed', '000.jpg'), 'no picture');
    await drawPicture(path.join(folder, 'mixed', '040.jpg'), 40, 40, (x) => [5 * x, 5 * x, 5 * x]);
    const { files, taken } = await heldOut(config('mixed', {}));
    expect(files.map((file) => path.basename(file))).toEqual(['001.jpg', '020.jpg', '041.jpg', '060.jpg', '080.jpg']);
    expect([...taken]).toEqual(files);
  });

  it('takes the same ones wherever the folders lie', async () => {
    const names = async (...folders: string[]): Promise<string[]> => {
      const { data, validation } = config('many', {});
      const color = folders.map((name) => ({ folder: path.join(folder, name), weight: 1 }));
      const { files } = await heldOut({ data: { ...data, color }, validation });
      return files.map((file) => path.basename(file));
    };
    for (const name of ['a-copy', 'z-copy']) await cp(path.join(folder, 'few'), path.join(folder, name), { recursive: true }); // prettier-ignore
    const known = await names('many', 'a-copy');
    expect(known).toHaveLength(5);
    expect(await names('many', 'z-copy')).toEqual(known);
  });

  it('takes none of fewer than twenty', async () => {
    expect((await heldOut(config('few', {}))).files).toEqual([]);
  });

  it('takes a folder of its own whole, up to `most`, and leaves the training pictures alone', async () => {
    const { files, taken } = await heldOut(config('many', { color: path.join(folder, 'few'), most: 10 }));
    expect(files).toHaveLength(10);
    expect(files.every((file) => file.includes('few'))).toBe(true);
    expect(taken.size).toBe(0);
  });

  it('says which folder cannot be read', async () => {
    await expect(heldOut(config('many', { color: path.join(folder, 'none') }))).rejects.toMatchObject({
      code: 'BAD_DATA',
      message: expect.stringContaining('none') as string,
    });
  });
});
