import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { fillFolder, placeLink } from '../atomic.mjs';
import { GRPCURL } from '../versions.mjs';
import { grpcurl, locateGrpcurl } from './grpcurl.mjs';

let cache;
let path;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'kinemacolor-grpcurl-'));
  path = join(cache, 'path');
  await mkdir(path);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

const program = (name, text) => writeFile(join(path, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
/** Where sh is, and what a test puts before it. */
const env = () => ({ PATH: `${path}:/usr/bin:/bin` });
const context = () => ({ root: cache, cache, signal: new AbortController().signal, say: () => {} });

test.each([
  ['grpcurl v1.9.4', true],
  ['grpcurl v1.10.0', true],
  ['grpcurl dev build <no version set>', true],
  ['grpcurl v1.8.7', false],
])('one on PATH that says %j will do: %s', async (words, ok) => {
  await program('grpcurl', `echo '${words}' >&2`);
  expect(await locateGrpcurl(cache, env())).toBe(ok ? join(path, 'grpcurl') : undefined);
});

test('the one that the set-up keeps comes first', async () => {
  await program('grpcurl', 'echo grpcurl v1.9.9 >&2');
  const folder = join(cache, 'grpcurl', GRPCURL.version);
  await fillFolder(folder, (partial) => writeFile(join(partial, 'grpcurl'), ''), { files: ['grpcurl'] });
  await placeLink(join(folder, 'grpcurl'), join(cache, 'bin', 'grpcurl'));
  expect(await locateGrpcurl(cache, env())).toBe(join(cache, 'bin', 'grpcurl'));
});

test('without go it says so, and without the pinned sources it keeps nothing', async () => {
  vi.stubEnv('PATH', path);
  await expect(grpcurl.provide(context())).rejects.toMatchObject({
    message: 'There is no go to build it with.',
    cure: expect.stringContaining('install Go'),
  });
  await program('go', `if [ "$1" = install ]; then echo x > "$GOBIN/grpcurl"; else echo mod other h1:other=; fi`);
  vi.stubEnv('PATH', env().PATH);
  await expect(grpcurl.provide(context())).rejects.toMatchObject({ code: 'integrity' });
  expect(await readdir(join(cache, 'grpcurl'))).toEqual([]);
  await program('go', `if [ "$1" = install ]; then echo x > "$GOBIN/grpcurl"; else echo mod ${GRPCURL.sum}; fi`);
  await grpcurl.provide(context());
  expect((await grpcurl.check(context())).ok).toBe(true);
});
