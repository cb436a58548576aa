import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
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
});
