import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchDir } from '@kinemacolor/testing';
import { runCli, tinyModel } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
});

const exported = (out: string, ...flags: string[]): ReturnType<typeof runCli> =>
  runCli(['models', 'export', model, at(out), ...flags]);
const about = async (out: string): Promise<unknown> =>
  JSON.parse(await readFile(at(`${out}/kinemacolor.json`), 'utf8'));

// That other engines take it is proven beside exportSavedModel.
describe('kinemacolor models export', () => {
  it('writes a SavedModel for a 16:9 film at the model’s render size, and says how to load it', async () => {
    const run = await exported('whole', '--format', 'saved-model');
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect((await readdir(at('whole'))).sort()).toEqual(['kinemacolor.json', 'saved_model.pb', 'variables']);
    const savedModel = { batch: 1, width: 128, height: 64, precision: 'fp32', signature: 'serving_default' };
    expect(await about('whole')).toMatchObject({ name: 'tiny', renderSize: 64, savedModel });
    expect(run.stdout.toString()).toMatch(/tf\.saved_model\.load\(".*whole"\)\.signatures\["serving_default"\]/);
    expect(run.stdout.toString()).toContain('[1, 64, 128, 1]');
  });

  it('for the size, batch and precision that are asked for, over an earlier export', async () => {
    for (const size of ['16x8', '40x24']) {
      const run = await exported('sized', '--size', size, '--batch', '3', '--precision', 'bf16');
      expect(run.code).toBe(0);
    }
    const savedModel = { batch: 3, width: 40, height: 24, precision: 'bf16' };
    expect(await about('sized')).toMatchObject({ savedModel });
  });

  it.each([
    [['--format', 'onnx'], /--format onnx is not known.*saved-model or kinemacolor/],
    [['--half'], /--half belongs to --format kinemacolor/],
    [['--format', 'kinemacolor', '--size', '448x256'], /--size belongs to --format saved-model/],
    [['--size', '448'], /--size 448.*448x256/],
    [['--size', '450x256'], /450×256.*multiples of 4/],
    [['--batch', '0'], /--batch 0/],
    [['--precision', 'int8'], /--precision int8.*fp32 or bf16/],
  ])('refuses %j as wrong arguments', async (flags, message) => {
    const run = await exported('refused', ...flags);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/\n\s+at .*:\d+/);
    expect(run.code).toBe(2);
    expect(await readdir(folder)).not.toContain('refused');
  });

  it('ends with the code of what is wrong: a folder of something else, a file, no model', async () => {
    const run = await runCli(['models', 'export', model, model]);
    expect(run.stderr).toMatch(/neither empty nor an earlier export/);
    expect(run.code).toBe(2);
    expect((await readdir(model)).sort()).toEqual(['kinemacolor.json', 'model.json', 'weights.bin']);
    await writeFile(at('a-file'), '');
    expect((await exported('a-file')).code).toBe(6);
    expect((await runCli(['models', 'export', 'nonesuch', at('none')])).code).toBe(8);
    expect((await runCli(['models', 'export', model])).code).toBe(2);
  });
});
