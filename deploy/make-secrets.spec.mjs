import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { openTokens } from '../apps/gateway/src/tokens.ts';
import { runCommand } from './testing/linters.mjs';

const program = fileURLToPath(new URL('make-secrets.mjs', import.meta.url));
const make = (...args) => runCommand([process.execPath, program], ...args);
let folder;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kinemacolor-secrets-'))));
afterEach(() => rm(folder, { recursive: true }));

it('makes passwords that nobody else can read, new ones each time, and never over others', async () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  await make(first);
  await make(second);
  expect((await stat(first)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(first)) {
    expect(await readFile(join(first, name), 'utf8'), name).not.toBe(await readFile(join(second, name), 'utf8'));
  }
  await expect(make(first)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') });
  await expect(make()).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('usage:') });
});

it('makes a token that the gateway knows', async () => {
  await make(join(folder, 'new'));
  const token = (await readFile(join(folder, 'new', 'first-token'), 'utf8')).trim();
  const [name, digest] = (await readFile(join(folder, 'new', 'tokens'), 'utf8')).trim().split(' ');
  expect(digest).toBe(createHash('sha256').update(token).digest('hex'));
  const tokens = await openTokens(join(folder, 'new', 'tokens'), { warn: () => undefined, info: () => undefined });
  expect(tokens.find(token)?.name).toBe(name);
  expect(tokens.find(`${token}x`)).toBeUndefined();
  tokens.close();
});
