import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { runCli, tinyModel, type CliRun } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
  await mkdir(at('album'));
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=96x64', '-frames:v', '1'];
  await runFfmpeg(...picture, at('album/one.png'));
});

const exported = (out: string, ...flags: string[]): Promise<CliRun> =>
  runCli(['models', 'export', model, at(out), '--format', 'kinemacolor', ...flags]);
const card = (out: string): Promise<string> => readFile(at(`${out}/README.md`), 'utf8');
const weights = async (out: string): Promise<number> => (await stat(path.join(out, 'weights.bin'))).size;

async function coloured(by: string): Promise<Buffer> {
  const out = at(`${path.basename(by)}.png`);
  const run = await runCli(['colorize', at('album/one.png'), '-o', out, '--model', by, '--precision', 'fp32']);
  expect(run.code).toBe(0);
  return runFfmpeg('-i', out, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-');
}

describe('kinemacolor models export --format kinemacolor', () => {
  it('--half writes half the bytes, which colorize paints the same picture with', async () => {
    const run = await exported('half', '--half');
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(run.stdout.toString()).toMatch(/tiny test, half precision.*\n.*--model .*half\n$/);
    expect((await readdir(at('half'))).sort()).toEqual(['README.md', 'kinemacolor.json', 'model.json', 'weights.bin']);
    expect(2 * (await weights(at('half')))).toBe(await weights(model));

    const [full, half] = [await coloured(model), await coloured(at('half'))];
    expect(half).toHaveLength(full.length);
    // A level of chroma becomes two where the film's range rounds it up, and each is up to two of a colour.
    const apart = full.map((value, i) => Math.abs(value - half[i]!));
    expect(Math.max(...apart)).toBeLessThanOrEqual(6);
    expect(apart.reduce((sum, value) => sum + value, 0) / apart.length).toBeLessThan(0.2);
    expect(full.some((value, i) => i % 3 === 0 && Math.abs(value - full[i + 2]!) > 8)).toBe(true);
  });

  it('puts what evaluate printed and what a person wrote into the card', async () => {
    const evaluated = await runCli(['evaluate', model, at('album'), '-o', at('metrics.json')]);
    expect(evaluated.code).toBe(0);
    await writeFile(at('card.md'), '## Recipe\n\nNone: random weights.\n');
    const run = await exported('told', '--metrics', at('metrics.json'), '--card', at('card.md'));
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    const text = await card('told');
    expect(text).toMatch(/\| grey \| 1 \| \d+\.\d\d \|[^\n]*\n\| tiny at 64 \| 1 \|/);
    expect(text).toContain('## Recipe\n\nNone: random weights.\n');
    expect(text).toContain('## Data\n\nNot told.\n');
    expect(await weights(at('told'))).toBe(await weights(model));
  });

  it('replaces its own, and nothing else', async () => {
    expect((await exported('again')).code).toBe(0);
    expect((await exported('again', '--half')).code).toBe(0);
    expect(await card('again')).toContain('float16');
    await writeFile(at('again/README.md'), 'My own words.');
    const run = await exported('again');
    expect(run.stderr).toMatch(/README\.md was changed since/);
    expect(run.code).toBe(2);
    expect(await card('again')).toBe('My own words.');
    expect((await runCli(['models', 'export', model, model, '--format', 'kinemacolor'])).code).toBe(2);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('says what is wrong with the files for the card, before any work', async () => {
    await writeFile(at('no.json'), '{');
    await writeFile(at('other.json'), JSON.stringify([{ name: 'x', metrics: { psnr: '30' } }]));
    for (const [flags, message, code] of [
      [['--metrics', at('nowhere.json')], /--metrics .*nowhere\.json cannot be read/, 3],
      [['--metrics', at('no.json')], /--metrics .*no\.json is no JSON/, 2],
      [['--metrics', at('other.json')], /other\.json is not what .*evaluate --json.*prints:[^]*psnr/, 2],
      [['--card', at('nowhere.md')], /--card .*nowhere\.md cannot be read/, 3],
    ] as const) {
      const run = await exported('refused', ...flags);
      expect(run.stderr).toMatch(message);
      expect(run.stderr).not.toMatch(/\n\s+at .*:\d+/);
      expect(run.code).toBe(code);
    }
    expect(await readdir(folder)).not.toContain('refused');
  });

  it('ends with the code of a damaged model for a half file that was cut short', async () => {
    expect((await exported('cut', '--half')).code).toBe(0);
    const bytes = await readFile(at('cut/weights.bin'));
    await writeFile(at('cut/weights.bin'), bytes.subarray(0, -1));
    const run = await runCli(['colorize', at('album/one.png'), '-o', at('cut.png'), '--model', at('cut')]);
    expect(run.stderr).toMatch(/weights\.bin are damaged/);
    expect(run.code).toBe(8);
  });
});
