import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCli, tinyModel } from './run-cli.js';

const folder = scratchDir();
const at = (...names: string[]): string => path.join(folder, ...names);
const [colour, run] = [at('colour'), at('run')];

beforeAll(async () => {
  // Training pictures come from a film, as a newcomer's would.
  await makeClip({ folder, name: 'film.mp4', picture: 'testsrc2=s=160x120:r=25', frames: 60 });
  const extracted = await runCli(['dataset', 'extract', at('film.mp4'), '-o', colour, '--every', '1', '--size', '48']);
  expect(extracted.code).toBe(0);
  await mkdir(at('empty'));
  const stages = [
    { size: 32, epochs: 400, batch: 2, picturesPerEpoch: 8, phase: 'generator', generator: { kind: 'constant', rate: 1e-3 } }, // prettier-ignore
  ];
  const config = {
    name: 'mine',
    run,
    networks: { kind: 'chroma', width: 2, residualBlocks: 0, discriminatorWidth: 2 },
    losses: { chroma: 1 },
    data: { color: [{ folder: colour }] },
    validation: { at: 48, most: 2, samples: 1 },
    stages,
  };
  await writeFile(at('endless.json'), JSON.stringify(config));
  await writeFile(at('short.json'), JSON.stringify({ ...config, run: at('short'), stages: [{ ...stages[0]!, epochs: 1 }] })); // prettier-ignore
});

/** Starts a run, and sends it a signal once it has trained an epoch. */
async function stopped(signal: NodeJS.Signals): Promise<{ code: number | null; stderr: string }> {
  const { child, ended } = startCli(['train', '--config', at('endless.json')]);
  let heard = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    const before = heard;
    heard += chunk.toString();
    if (!before.includes(' done (step ') && heard.includes(' done (step ')) child.kill(signal);
  });
  return ended;
}

describe('kinemacolor train', { timeout: 120_000 }, () => {
  it('saves at SIGTERM and Ctrl-C, which end with 0 and 130, and goes on there', async () => {
    const first = await stopped('SIGTERM');
    expect(first.code).toBe(0);
    const step = /stopped at step (\d+), saved/.exec(first.stderr)?.[1];
    expect(step).toBeDefined();
    const second = await stopped('SIGINT');
    expect(second.code).toBe(130);
    expect(second.stderr).toContain(`goes on at step ${step!}`);
    expect(await readFile(path.join(run, 'report.html'), 'utf8')).toContain('mine');
  });

  it('refuses a second one in the same folder in one line, and goes on after kill -9', async () => {
    const { child, ended } = startCli(['train', '--config', at('endless.json'), '-o', at('busy')]);
    await new Promise<void>((resolve) => {
      child.stderr!.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes(' done (step ')) resolve();
      });
    });
    // It stands still meanwhile: even so many epochs could be done before the second one has started.
    child.kill('SIGSTOP');
    const second = await runCli(['train', '--config', at('endless.json'), '-o', at('busy')]);
    expect(second.stderr).toMatch(new RegExp(`^kinemacolor: .*busy is in use: process ${child.pid!} on \\S+ .*\\n$`));
    expect(second.code).toBe(2);
    child.kill('SIGKILL');
    await ended;
    const third = startCli(['train', '--config', at('endless.json'), '-o', at('busy')]);
    third.child.stderr!.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('goes on at step')) third.child.kill('SIGTERM');
    });
    expect(await third.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('saved') as string });
  });

  it('trains a model that evaluate measures', async () => {
    const trained = await runCli(['train', '--config', at('short.json'), '--bw', at('empty')]);
    expect(trained.stderr).toContain(`report: ${at('short', 'report.html')}\n`);
    expect(trained.stderr).toMatch(/^model: .*short\/(best|last)$/m);
    expect(trained.stderr).toContain('black-and-white pictures are not used');
    expect(trained.code).toBe(0);
    const rows = at('rows.json');
    const pictures = await runCli(['evaluate', at('short', 'last'), colour, '--tone', colour, '--most', '4', '-o', rows, '--sheet', at('look.jpg')]); // prettier-ignore
    expect(pictures.code).toBe(0);
    expect(pictures.stdout.toString().split('\n').slice(2, 5).map((line) => line.split('|')[1]?.trim())).toEqual(['grey', 'tone', 'mine at 48']); // prettier-ignore
    expect((JSON.parse(await readFile(rows, 'utf8')) as { name: string }[]).map(({ name }) => name)).toEqual(['grey', 'tone', 'mine at 48']); // prettier-ignore
    const film = await runCli(['evaluate', at('short', 'last'), at('film.mp4'), '--most', '4', '--json']);
    expect(film.code).toBe(0);
    expect(JSON.parse(film.stdout.toString())).toMatchObject([{ name: 'grey' }, { name: 'mine at 48', flicker: expect.any(Number) as number }]); // prettier-ignore
  });

  it('prints a config before everything is at hand, tells what is missing and what may be added', async () => {
    const printed = await runCli(['train', '--preset', 'seed', '--color', colour, '--print-config']);
    expect(JSON.parse(printed.stdout.toString())).toMatchObject({ name: 'seed', features: { kind: 'vgg16' } });
    expect(printed.stderr).toMatch(/^not ready to train: .*--bw DIR/m);
    expect(printed.stderr).toMatch(/^not ready to train: .*--features PATH/m);
    expect(printed.stderr).toMatch(/^may be added: stages\[\]\.discriminator: learning rate/m);
    expect(printed.code).toBe(0);
  });

  it('does not evaluate for a file that cannot be written, and has no ratio to a grey truth', async () => {
    const model = await tinyModel(folder);
    for (const [flag, file] of [
      ['-o', at('none/rows.json')],
      ['-o', folder],
      ['--sheet', at('none/look.jpg')],
    ] as const) {
      const failed = await runCli(['evaluate', model, colour, '--most', '1', flag, file]);
      expect(failed.stderr).toContain(`kinemacolor: ${flag} ${file} cannot be written: `);
      expect([failed.code, failed.stdout.length]).toEqual([6, 0]);
    }
    await mkdir(at('grey'));
    await runFfmpeg('-f', 'lavfi', '-i', 'testsrc2=size=64x48,format=gray', '-frames:v', '1', at('grey/0.png'));
    const grey = await runCli(['evaluate', model, at('grey'), '-o', at('grey.json')]);
    expect(grey.code).toBe(0);
    expect(grey.stdout.toString()).not.toContain('Infinity');
    expect(grey.stdout.toString()).toContain('is grey: colourfulness has nothing');
    expect(JSON.parse(await readFile(at('grey.json'), 'utf8'))).toMatchObject([{}, { metrics: { colourfulnessRatio: null } }]); // prettier-ignore
    const tone = await runCli(['evaluate', model, colour, '--tone', at('grey')]);
    expect(tone.stderr).toContain(at('grey'));
    expect(tone.code).toBe(3);
  });

  it('averages models by weights, one for each', async () => {
    const model = await tinyModel(folder);
    const mean = await runCli(['models', 'average', model, model, '-o', at('mean'), '--weights', '1,0.7']);
    expect(mean.stdout.toString()).toContain('the weighted mean of 2 models');
    expect(mean.code).toBe(0);
    for (const weights of ['1', '1,0', '1,x', '1,,2', '1,']) {
      const failed = await runCli(['models', 'average', model, model, '-o', at('no-mean'), '--weights', weights]);
      expect(failed.stderr).toContain(`--weights ${weights}`);
      expect(failed.code).toBe(2);
    }
  });

  it('widens a model', async () => {
    const model = await tinyModel(folder);
    const wide = await runCli(['models', 'widen', model, '-o', at('wide'), '--noise', '0.1']);
    expect(wide.stdout.toString()).toMatch(/wide: width \d+, \d+ blocks/);
    expect(wide.code).toBe(0);
    const failed = await runCli(['models', 'widen', model, '-o', at('no-width'), '--noise', '-1']);
    expect([failed.stderr, failed.code]).toEqual([expect.stringContaining('--noise -1'), 2]);
  });

  it('says where a full disk is (skipped where no small file system can be mounted)', async ({ skip }) => {
    await mkdir(at('full'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', at('full')]).status === 0;
    if (!mounted) return skip('no right to mount a small file system');
    try {
      const failed = await runCli(['train', '--config', at('endless.json'), '-o', at('full')]);
      expect(failed.stderr).toMatch(new RegExp(`^kinemacolor: .*${at('full')}.* ENOSPC`, 'm'));
      expect(failed.code).toBe(7);
      expect((await readdir(at('full'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    } finally {
      spawnSync('umount', [at('full')]);
    }
  });

  it('prints a config that it takes back', async () => {
    const printed = await runCli(['train', '--preset', 'tiny', '--color', colour, '-o', at('tiny'), '--print-config']);
    expect(printed.code).toBe(0);
    await writeFile(at('printed.json'), printed.stdout);
    const again = await runCli(['train', '--config', at('printed.json'), '--print-config']);
    expect(again.stdout.equals(printed.stdout)).toBe(true);
  });

  it.each<[string, string[], number, RegExp]>([
    ['neither preset nor config', [], 2, /--config FILE or --preset/],
    ['an unknown preset', ['--preset', 'huge', '--color', 'x'], 2, /--preset seed\|kinemacolor\|tiny/],
    ['no colour pictures', ['--preset', 'tiny'], 2, /Name colour pictures: --color DIR/],
    ['a preset that wants feature weights', ['--preset', 'kinemacolor', '--color', colour], 2, /--features PATH/],
    ['a CycleGAN without black and white', ['--preset', 'seed', '--color', colour, '--features', 'x'], 2, /--bw DIR/],
    ['a stage that there is not', ['--preset', 'tiny', '--color', colour, '--stages', '9'], 2, /--stages 9/],
    ['a folder that is not there', ['--preset', 'tiny', '--color', at('none'), '-o', at('none-run')], 3, /none/],
    ['no picture', ['--preset', 'tiny', '--color', at('empty'), '-o', at('empty-run')], 3, /empty/],
  ])('says what is wrong with %s', async (_, args, code, words) => {
    const failed = await runCli(['train', ...args]);
    expect(failed.stderr).toMatch(words);
    expect(failed.stderr).not.toMatch(/\n\s+at /);
    expect(failed.code).toBe(code);
  });
});
