import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runFfmpeg, runFfprobe, scratchDir } from '@kinemacolor/testing';
import { runCli, tinyModel } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
  await mkdir(at('album'));
  for (const name of ['one.png', 'two.jpg', 'three.webp']) {
    await runFfmpeg(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=150x102',
      '-frames:v',
      '1',
      '-vf',
      'format=gray',
      at(`album/${name}`),
    );
  }
});

describe('kinemacolor colorize, pictures', () => {
  it('colours one picture, with a side-by-side', async () => {
    const args = [
      'colorize',
      at('album/one.png'),
      '-o',
      at('one-colour.png'),
      '--compare',
      at('side.png'),
      '--model',
      model,
    ];
    const run = await runCli(args);
    expect(run.code).toBe(0);
    const size = (file: string): Promise<string[]> =>
      runFfprobe('-show_entries', 'stream=width,height', '-of', 'csv=p=0', file);
    expect(await size(at('one-colour.png'))).toEqual(['150,102']);
    expect(await size(at('side.png'))).toEqual(['300,102']);
    const rgb = await runFfmpeg('-i', at('one-colour.png'), '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-');
    expect(rgb.some((value, i) => i % 3 === 0 && Math.abs(value - rgb[i + 2]!) > 8)).toBe(true);
  });

  it('colours a folder under the same names, and passes over what is damaged', async () => {
    await writeFile(at('album/broken.png'), 'no picture');
    const run = await runCli(['colorize', at('album'), '-o', at('coloured'), '--model', model, '--json']);
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('broken.png');
    expect(await readdir(at('coloured'))).toEqual(['one.png', 'three.webp', 'two.jpg']);
    expect(run.summary().results.filter(({ ok }) => ok)).toHaveLength(3);
  });
});
