import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '@kinemacolor/testing';
import { runCli } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

describe('kinemacolor models import', () => {
  it('ends with 3 where the checkpoint is missing, and with 8 where it is none', async () => {
    await writeFile(at('words.pth'), 'These are words.');
    for (const [name, code] of [['none.pth', 3], ['words.pth', 8]] as const) {
      const failed = await runCli(['models', 'import', at(name), '-o', at('out')]);
      expect(failed.stderr).toMatch(new RegExp(`^kinemacolor: .*${name}.*\\n$`));
      expect(failed.code).toBe(code);
    }
    expect(await readdir(folder)).toEqual(['words.pth']);
  }); // prettier-ignore

  it('makes a model of a checkpoint, and overwrites nothing with a second one', async () => {
    const checkpoint = fileURLToPath(
      new URL('../../../../libs/models/src/torch/fixtures/six.zip.pth', import.meta.url),
    );
    const imported = await runCli(['models', 'import', checkpoint, '-o', at('six')]);
    expect([imported.code, imported.stderr]).toEqual([0, '']);
    expect((await readdir(at('six'))).sort()).toEqual(['kinemacolor.json', 'model.json', 'weights.bin']);
    const weights = await readFile(path.join(at('six'), 'weights.bin'));
    const again = await runCli(['models', 'import', checkpoint, '-o', at('six')]);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^kinemacolor: .*six is neither empty nor/);
    expect((await readFile(path.join(at('six'), 'weights.bin'))).equals(weights)).toBe(true);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
