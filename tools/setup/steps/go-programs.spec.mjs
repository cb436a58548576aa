import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { goPrograms, sourcesHere } from './go-programs.mjs';

let root;
let cache;
let path;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kinemacolor-go-'));
  cache = join(root, 'cache');
  path = join(root, 'path');
  await mkdir(path);
  await mkdir(join(root, 'tools', 'thing'), { recursive: true });
  await write('main.go', 'first');
  await write('go.sum', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

const write = (name, text) => writeFile(join(root, 'tools', 'thing', name), text);
const context = () => ({ root, cache, signal: new AbortController().signal, say: () => {} });
const step = goPrograms({
  name: 'thing',
  cure: 'install Go',
  what: 'a thing',
  programs: ['thing'],
  ...sourcesHere({ folder: 'thing', program: 'thing', package: '.' }),
});

/** A Go whose programs are copies of their source; it is asked to keep all else in the scratch folder. */
async function standInGo(body = 'cp main.go "$out"') {
  const text = `#!/bin/sh
[ "$1" = build ] || exit 2
case "$GOPATH$GOCACHE" in "${cache}/scratch/"*) ;; *) exit 3 ;; esac
for word; do [ "$last" = -o ] && out=$word; last=$word; done
${body}
`;
  await writeFile(join(path, 'go'), text, { mode: 0o755 });
  vi.stubEnv('PATH', `${path}:/usr/bin:/bin`);
}

const built = () => readFile(join(cache, 'bin', 'thing'), 'utf8');

test('builds once, and again when a source has changed', async () => {
  await standInGo();
  expect((await step.check(context())).ok).toBe(false);
  await step.provide(context());
  expect((await step.check(context())).ok).toBe(true);
  expect(await built()).toBe('first');
  expect(await readdir(cache)).not.toContain('scratch');

  await write('README.md', 'no source');
  expect((await step.check(context())).ok).toBe(true);
  await write('main.go', 'second');
  expect((await step.check(context())).ok).toBe(false);
  await step.provide(context());
  expect(await built()).toBe('second');

  // Another clone has the first one still: it is linked again, and not built.
  await standInGo('exit 4');
  await write('main.go', 'first');
  expect((await step.check(context())).ok).toBe(false);
  await step.provide(context());
  expect(await built()).toBe('first');
});

test('what fails leaves nothing, and is told with what Go said', async () => {
  await standInGo('echo x > "$out"; echo requires go newer >&2; exit 1');
  await expect(step.provide(context())).rejects.toThrow('requires go newer');
  expect(await readdir(join(cache, 'thing'))).toEqual([]);
  vi.stubEnv('PATH', join(root, 'tools'));
  await expect(step.provide(context())).rejects.toMatchObject({
    message: 'There is no go to build it with.',
    cure: 'install Go',
  });
});
