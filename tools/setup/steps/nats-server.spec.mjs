import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { cacheFolder } from '../paths.mjs';
import { run } from '../run.mjs';
import { locateNatsServer, natsServer } from './nats-server.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinemacolor-nats-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function program(path, text) {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${text}'\n`);
  await chmod(path, 0o755);
  return path;
}

const check = (at) => natsServer.check({ cache: at });

test('the environment comes first, then PATH, then what the set-up keeps', async () => {
  const kept = await program(join(folder, 'cache', 'bin', 'nats-server'), 'nats-server: v2.15.1');
  const cache = join(folder, 'cache');
  expect(await locateNatsServer(cache, { PATH: '' })).toBe(kept);
  const onPath = await program(join(folder, 'path', 'nats-server'), 'nats-server: v2.12.0');
  expect(await locateNatsServer(cache, { PATH: join(folder, 'path') })).toBe(onPath);
  const named = await program(join(folder, 'mine'), 'nats-server: v2.11.0');
  const env = { PATH: join(folder, 'path'), KINEMACOLOR_NATS_SERVER: named };
  expect(await locateNatsServer(cache, env)).toBe(named);
  await expect(locateNatsServer(cache, { ...env, KINEMACOLOR_NATS_SERVER: join(folder, 'none') })).rejects.toThrow(
    'KINEMACOLOR_NATS_SERVER',
  );
});

test.each([
  ['nats-server: v2.9.9', false],
  ['nats-server: v2.9.10', true],
  ['nats-server: v2.15.1', true],
  ['something else', false],
])('a server that says %j will do: %s', async (text, ok) => {
  await program(join(folder, 'bin', 'nats-server'), text);
  process.env.KINEMACOLOR_NATS_SERVER = join(folder, 'bin', 'nats-server');
  try {
    expect((await check(folder)).ok).toBe(ok);
  } finally {
    delete process.env.KINEMACOLOR_NATS_SERVER;
  }
});

test('the one that the tests run on is a real one (skipped where it could not be had)', async ({ skip }) => {
  const path = await locateNatsServer(cacheFolder(process.env));
  if (path === undefined) skip();
  expect(await run(path, ['--help'], {})).toContain('--jetstream');
});
