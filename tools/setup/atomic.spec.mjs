import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fillFolder, isWhole, placeFile, placeLink } from './atomic.mjs';

let top;
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'kinemacolor-atomic-'));
});
afterEach(async () => {
  await rm(top, { recursive: true });
});

const proof = { files: ['library.so'] };
const fill = (text) => (partial) => writeFile(join(partial, 'library.so'), text);

describe('fillFolder', () => {
  test('a folder that somebody half extracted is not whole, and is replaced', async () => {
    const folder = join(top, '2.18.1-cpu');
    await mkdir(folder);
    await writeFile(join(folder, 'library.so'), 'hal');
    expect(await isWhole(folder)).toBe(false);
    await fillFolder(folder, fill('whole'), proof);
    expect(await isWhole(folder)).toBe(true);
    expect(await readFile(join(folder, 'library.so'), 'utf8')).toBe('whole');
    expect(await readdir(top)).toEqual(['2.18.1-cpu']);
  });

  test('a fill that fails leaves neither the folder nor a rest', async () => {
    const failing = async (partial) => {
      await fill('half')(partial);
      throw new Error('disk full');
    };
    await expect(fillFolder(join(top, 'x'), failing, proof)).rejects.toThrow('disk full');
    expect(await readdir(top)).toEqual([]);
  });

  test('a fill that forgets a file fails', async () => {
    await expect(fillFolder(join(top, 'x'), async () => {}, proof)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(top)).toEqual([]);
  });

  test('what a killed run left beside is cleared away', async () => {
    await mkdir(join(top, '.x.partial-123'));
    await fillFolder(join(top, 'x'), fill('whole'), proof);
    expect(await readdir(top)).toEqual(['x']);
  });

  test('a file that was cut later is noticed', async () => {
    const folder = join(top, 'x');
    await fillFolder(folder, fill('whole'), proof);
    await writeFile(join(folder, 'library.so'), 'wh');
    expect(await isWhole(folder)).toBe(false);
  });
});

test('placeLink replaces a folder, a link and nothing', async () => {
  const link = join(top, 'deps', 'include');
  await mkdir(join(link, 'old'), { recursive: true });
  for (const target of ['/first', '/second']) {
    await placeLink(target, link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readlink(link)).toBe(target);
  }
  expect(await readdir(join(top, 'deps'))).toEqual(['include']);
});

test('placeFile never writes into the file that somebody has open', async () => {
  const [from, to] = [join(top, 'from'), join(top, 'to')];
  await writeFile(from, 'new');
  await writeFile(to, 'old');
  const before = (await lstat(to)).ino;
  await placeFile(from, to);
  expect(await readFile(to, 'utf8')).toBe('new');
  expect((await lstat(to)).ino).not.toBe(before);
});
