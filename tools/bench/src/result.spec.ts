import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { thisMachine } from './machine.js';
import { type BenchResult, reached, writeResult } from './result.js';

test('a target is reached at or beyond it, on its own side', () => {
  expect(reached({ ratio: 0.79, target: { least: 0.8 } })).toBe(false);
  expect(reached({ ratio: 0.81, target: { least: 0.8 } })).toBe(true);
  expect(reached({ ratio: 1.11, target: { most: 1.1 } })).toBe(false);
  expect(reached({ ratio: 5 })).toBe(true);
});

test('a result is written under its name and nothing is left beside it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-spec-'));
  try {
    const result: BenchResult = {
      bench: 'film',
      about: '',
      date: new Date(0).toISOString(),
      machine: thisMachine(),
      versions: {},
      settings: {},
      rows: [{ name: 'x', numbers: { n: 1 }, rounds: { n: [1, 2] }, ratio: 1, target: { least: 1 } }],
    };
    const file = await writeResult(result, path.join(folder, 'new'));
    expect(await readdir(path.join(folder, 'new'))).toEqual(['film.json']);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(result);
  } finally {
    await rm(folder, { recursive: true });
  }
});
