import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BUF = join(ROOT, 'node_modules', '.bin', 'buf');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinemacolor-contracts-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

type Outcome = { readonly failed: boolean; readonly output: string };

function run(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: stdout + stderr });
    });
  });
}

/** Copies `proto/`, changes one file there, and asks buf whether that may be released. */
async function changed(name: string, from: string, to: string, ...command: string[]): Promise<Outcome> {
  const copy = await mkdtemp(join(folder, 'proto-'));
  await cp(join(ROOT, 'proto'), copy, { recursive: true });
  const path = join(copy, 'kinemacolor', 'v1', name);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
  const [verb, ...rest] = command;
  return run(BUF, [verb!, copy, ...rest]);
}

const breaking = (name: string, from: string, to: string) =>
  changed(name, from, to, 'breaking', '--against', join(ROOT, 'proto', 'released.binpb'));

test.each([
  ['a removed field', 'frames.proto', '  bytes luma = 4;\n', '', 'field "4" with name "luma" on message "LumaFrame"'],
  ['a renumbered field', 'job.proto', 'string label = 11;', 'string label = 99;', '"label"'],
  ['a field of another type', 'job.proto', 'uint64 source_bytes = 9;', 'string source_bytes = 9;', 'changed type'],
  ['a renamed field', 'job.proto', 'string label = 11;', 'string title = 11;', 'changed name'],
  ['a removed state', 'job.proto', '  JOB_STATE_CANCELLED = 6;\n', '', 'JobState'],
  [
    'a call without its stream',
    'colorization.proto',
    'returns (stream WatchJobResponse)',
    'returns (WatchJobResponse)',
    'WatchJob',
  ],
])('%s breaks what is released', async (_, name, from, to, reason) => {
  const { failed, output } = await breaking(name, from, to);
  expect(output).toContain(reason);
  expect(failed).toBe(true);
});

test('a new field breaks nothing', async () => {
  const added = 'string label = 11;\n  string colour_of_the_cover = 99;';
  expect(await breaking('job.proto', 'string label = 11;', added)).toEqual({ failed: false, output: '' });
});

test('the lint refuses a name that breaks the rules', async () => {
  const { failed, output } = await changed('job.proto', 'string label = 11;', 'string theLabel = 11;', 'lint');
  expect(output).toContain('lower_snake_case');
  expect(failed).toBe(true);
});

test('what is checked in is what proto/ generates', async () => {
  const out = await mkdtemp(join(folder, 'generated-'));
  const { failed, output } = await run(process.execPath, [join(ROOT, 'libs', 'contracts', 'generate.mjs'), out]);
  expect(failed, output).toBe(false);
  const made = join(out, 'libs', 'contracts');
  const kept = join(ROOT, 'libs', 'contracts');
  const list = async (base: string) => (await readdir(join(base, 'src', 'generated'), { recursive: true })).sort();
  expect(await list(kept)).toEqual(await list(made));
  const files = (await list(made)).filter((name) => name.endsWith('.ts')).map((name) => join('src', 'generated', name));
  expect(files.length).toBeGreaterThan(4);
  for (const name of [...files, 'protoset.bin']) {
    const [now, then] = await Promise.all([readFile(join(made, name)), readFile(join(kept, name))]);
    expect(now.equals(then), `${name} is stale: run \`npm run contracts:generate\``).toBe(true);
  }
});
