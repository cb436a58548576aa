import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fingerprintOf } from './code-fingerprint.js';

it('changes with every file of code and its name, and with nothing else', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kinemacolor-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);
  await mkdir(path.join(folder, 'rules'));
  await write('index.js', 'one');
  await write('rules/shapes.ts', 'two');
  const first = fingerprintOf(folder);
  for (const name of ['index.spec.ts', 'index.d.ts', 'rules/notes.md', 'index.js.map']) await write(name, 'more');
  expect(fingerprintOf(folder)).toBe(first);
  await write('rules/shapes.ts', 'three');
  const second = fingerprintOf(folder);
  await rename(path.join(folder, 'rules/shapes.ts'), path.join(folder, 'rules/shape.ts'));
  expect(new Set([first, second, fingerprintOf(folder)]).size).toBe(3);
});
