import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';

import { makeFolders } from './make-folders.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

it('makes what is missing, and leaves what is there', async () => {
  await makeFolders(at('a/b/c'), 0o700);
  await makeFolders(at('a/b/c'));
  for (const name of ['a', 'a/b', 'a/b/c']) expect((await stat(at(name))).mode & 0o777).toBe(0o700);
  await Promise.all(Array.from({ length: 8 }, () => makeFolders(at('at/the/same/time'))));
  expect((await stat(at('at/the/same/time'))).isDirectory()).toBe(true);
});

it('tells of a file that is in the way', async () => {
  await writeFile(at('file'), '');
  await expect(makeFolders(at('file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolders(at('file/below/it'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.skipIf(!existsSync('/proc/self'))('ends where nothing can be made', async () => {
  await expect(makeFolders('/proc/none/of/these')).rejects.toMatchObject({
    code: expect.stringMatching(/^E/) as string,
  });
});
