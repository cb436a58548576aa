import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@kinemacolor/models';
import { scratchDir } from '@kinemacolor/testing';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkConfig } from '../config/read-config.js';
import type { TrainingConfig } from '../config/schema.js';
import { LOG_FILE } from '../report/write-report.js';
import { drawPicture, scenery } from '../testing/draw-picture.js';
import type { RunPlan, TrainedResult } from './run-options.js';
import { train } from './training-run.js';

const folder = scratchDir();
const pictures = path.join(folder, 'pictures');
const TRAIN = fileURLToPath(new URL('../testing/train-process.ts', import.meta.url));

beforeAll(async () => {
  await mkdir(pictures);
  // Bright things are orange, dark things are blue: learnt in a few steps by anything that learns.
  for (let k = 0; k < 8; k++) {
    const data = Buffer.from(
      Array.from({ length: 48 * 48 }, (_, i) =>
        (Math.floor((i % 48) / 12) + Math.floor(i / 576) + k) % 2 === 0 ? [230, 150, 60] : [20, 40, 130],
      ).flat(),
    );
    await sharp(data, { raw: { width: 48, height: 48, channels: 3 } })
      .png()
      .toFile(path.join(pictures, `${k}.png`));
  }
});

const chroma = (run: string, more: object = {}): TrainingConfig =>
  checkConfig('test', {
    name: 'test',
    run: path.join(folder, run),
    networks: { kind: 'chroma', width: 4, residualBlocks: 1, discriminatorWidth: 2 },
    losses: { chroma: 1, chromaDelta: 0.1, adversarial: 0.01 },
    optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.99 },
    average: 0.9,
    data: { color: [{ folder: pictures }], filmShare: 0, largestRender: 48 },
    validation: { color: pictures, most: 2, at: 48, samples: 1 },
    stages: [
      { size: 32, epochs: 2, batch: 2, picturesPerEpoch: 80, phase: 'generator', generator: { kind: 'cosine', peak: 5e-3, warmUp: 5 } },
      { size: 40, epochs: 1, batch: 2, picturesPerEpoch: 8, phase: 'critic', generator: { kind: 'constant', rate: 1e-3 } },
      { size: 40, epochs: 1, batch: 2, picturesPerEpoch: 8, phase: 'adversarial', generator: { kind: 'linear', rate: 1e-3 } },
    ],
    checkpoint: { every: 7, keep: 2 },
    logEvery: 10,
    ...more,
  }); // prettier-ignore

const cycle = (run: string): TrainingConfig => ({
  ...chroma(run, {
    networks: { kind: 'cycle', width: 2, residualBlocks: 0, discriminatorWidth: 2 },
    losses: { adversarial: 1, cycle: 10, identity: 5, chroma: 1 },
    optimiser: { kind: 'lamb', beta2: 0.99, epsilon: 1e-6 },
    pool: 3,
    data: { bw: [{ folder: pictures }], color: [{ folder: pictures }], filmShare: 0, largestRender: 48 },
    stages: [
      { size: 32, epochs: 2, batch: 1, generator: { kind: 'one-cycle', peak: 1e-3 } },
      { size: 40, epochs: 1, batch: 2, generator: { kind: 'one-cycle', peak: 1e-3 } },
    ],
    checkpoint: { every: 3, keep: 2 },
  }),
});

const all = (config: TrainingConfig): { first: number; last: number } => ({ first: 0, last: config.stages.length - 1 });

/** To its end, or until the signal came in the middle of it. */
async function run(config: TrainingConfig, more: Partial<Parameters<typeof train>[1]> = {}): Promise<TrainedResult> {
  const options = { signal: new AbortController().signal, stages: all(config), tell: () => undefined, ...more };
  const result = await train(config, options);
  if (result.steps === undefined) throw new Error('It ended before its first step.');
  return result;
}

interface Entry {
  readonly kind: string;
  readonly text?: string;
  readonly metrics?: Record<string, number>;
  readonly baselines?: Record<string, Record<string, number>>;
}

async function logOf(name: string): Promise<Entry[]> {
  const text = await readFile(path.join(folder, name, LOG_FILE), 'utf8');
  return text.trim().split('\n').map((line) => JSON.parse(line) as Entry); // prettier-ignore
}

/** The bytes of everything that a run knows at its end. */
async function lastTensors(name: string): Promise<Buffer> {
  const checkpoints = path.join(folder, name, 'checkpoints');
  const newest = (await readdir(checkpoints)).sort().at(-1)!;
  return readFile(path.join(checkpoints, newest, 'tensors.bin'));
}

describe('train', { timeout: 120_000 }, () => {
  it('learns two colours, validates, keeps the best, and reports', async () => {
    const config = chroma('whole');
    const told: string[] = [];
    const { finished, steps, report } = await run(config, { tell: (line) => told.push(line) });
    expect([finished, steps]).toEqual([true, 40 + 40 + 4 + 4]);
    const log = await logOf('whole');
    const validations = log.filter(({ kind }) => kind === 'validation');
    // Not in the critic's phase, in which the generator stays.
    expect(validations).toHaveLength(3);
    const { metrics, baselines } = validations[1]!;
    expect(metrics!['chromaCorrelation']).toBeGreaterThan(0.6);
    expect(metrics!['psnr']).toBeGreaterThan(baselines!['grey']!['psnr']!);
    for (const name of ['best', 'last']) {
      const { info, model } = await loadModel(path.join(folder, 'whole', name));
      expect(info.config).toEqual({ width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2 });
      model.dispose();
    }
    expect(await readdir(path.join(folder, 'whole', 'checkpoints'))).toHaveLength(2);
    expect(await readdir(path.join(folder, 'whole', 'samples'))).toEqual(['s1-e001.jpg', 's1-e002.jpg', 's3-e001.jpg']);
    expect(await readFile(report, 'utf8')).toContain('test');
    expect(log.at(-1)).toMatchObject({ kind: 'end', state: 'finished' });
    expect(told.some((line) => line.includes('PSNR'))).toBe(true);
    // Done is done: the same command again ends at once, and well.
    expect(await run(config)).toMatchObject({ finished: true, steps });
  });

  it('does a part of the stages, and the rest another time, as one run would', async () => {
    const [parts, whole] = [cycle('parts'), cycle('at-once')];
    await run(parts, { stages: { first: 0, last: 0 } });
    await expect(run(cycle('late'), { stages: { first: 5, last: 5 } })).rejects.toThrow();
    const { finished } = await run(parts, { stages: { first: 1, last: 1 } });
    expect(finished).toBe(true);
    await run(whole);
    expect((await lastTensors('parts')).equals(await lastTensors('at-once'))).toBe(true);
  });

  it('begins with a later stage from a model only, and knows then which stages are no part of it', async () => {
    const late = { first: 1, last: 2 };
    await expect(run(chroma('skipping'), { stages: late })).rejects.toMatchObject({ code: 'BAD_RUN', message: expect.stringMatching(/stage 1 is not trained yet.*networks\.from/) as string }); // prettier-ignore
    // Nothing counts as trained.
    expect(await run(chroma('skipping'), { stages: { first: 0, last: 0 } })).toMatchObject({
      steps: 80,
      finished: true,
    });
    const from = path.join(folder, 'skipping', 'last');
    const base = chroma('continued');
    const config: TrainingConfig = { ...base, networks: { ...base.networks, from } };
    const plans: RunPlan[] = [];
    expect(await run(config, { stages: { first: 1, last: 1 } })).toMatchObject({ steps: 4, finished: true });
    await expect(run(config, { stages: { first: 0, last: 0 } })).rejects.toMatchObject({ code: 'BAD_RUN', message: expect.stringContaining('began with stage 2') as string }); // prettier-ignore
    const told: string[] = [];
    const whole = await run(config, { planned: (plan) => plans.push(plan), tell: (line) => told.push(line) });
    expect(whole).toMatchObject({ steps: 8, finished: true });
    expect(plans[0]).toMatchObject({ done: 4, stages: [{ steps: 0 }, { steps: 4 }, { steps: 4 }] });
    expect(told.join()).toContain('began with stage 2');
  });

  it('needs what it began with no more when it goes on', async () => {
    const short = { size: 32, epochs: 1, batch: 2, picturesPerEpoch: 8, generator: { kind: 'constant', rate: 1e-3 } };
    const config = (name: string, from?: string): TrainingConfig =>
      chroma(name, {
        networks: { kind: 'chroma', width: 4, residualBlocks: 1, discriminatorWidth: 2, from },
        stages: [{ ...short, phase: 'generator' }, { ...short, phase: 'adversarial' }],
      }); // prettier-ignore
    await run(config('beginning'), { stages: { first: 0, last: 0 } });
    const from = path.join(folder, 'beginning', 'last');
    await run(config('begun-undisturbed', from));
    await run(config('begun-with', from), { stages: { first: 0, last: 0 } });
    await rm(from, { recursive: true });
    await expect(run(config('begun-not', from))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await run(config('begun-with', 'elsewhere'))).toMatchObject({ finished: true, steps: 8 });
    expect((await lastTensors('begun-with')).equals(await lastTensors('begun-undisturbed'))).toBe(true);
  });

  it('grows a semantic branch on a model without one, and goes on exactly', async () => {
    const short = { size: 32, epochs: 1, batch: 2, picturesPerEpoch: 8, phase: 'generator', generator: { kind: 'constant', rate: 1e-3 } }; // prettier-ignore
    const plain = { kind: 'chroma', width: 4, residualBlocks: 1, discriminatorWidth: 2 };
    await run(chroma('without-branch', { stages: [short] }));
    const from = path.join(folder, 'without-branch', 'last');
    const config = (name: string): TrainingConfig =>
      chroma(name, { networks: { ...plain, semantics: 'darknet-tiny', from }, stages: [short, short] });
    await run(config('grown-undisturbed'));
    const stop = new AbortController();
    await run(config('grown'), { signal: stop.signal, progress: ({ step }) => { if (step === 3) stop.abort(); } }); // prettier-ignore
    expect(await run(config('grown'))).toMatchObject({ finished: true, steps: 8 });
    expect((await lastTensors('grown')).equals(await lastTensors('grown-undisturbed'))).toBe(true);
    const { info, model } = await loadModel(path.join(folder, 'grown', 'best'));
    expect(info.config).toEqual({ width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2, semantics: 'darknet-tiny' }); // prettier-ignore
    model.dispose();
    // A glance is kept where the branch has one, too.
    await run(chroma('with-glance', { networks: { ...plain, semantics: 'glance' }, stages: [short] }));
    const glanced = path.join(folder, 'with-glance', 'last');
    const once = { ...short, picturesPerEpoch: 2 };
    await run(chroma('grown-on', { networks: { ...plain, semantics: 'efficientnet-lite0', from: glanced }, stages: [once] })); // prettier-ignore
    const other = chroma('grown-off', { networks: { ...plain, semantics: 'darknet-tiny', from: glanced }, stages: [short] }); // prettier-ignore
    await expect(run(other)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    // The other way round it would lose what it knows.
    const back = chroma('shrunk', { networks: { ...plain, from: path.join(folder, 'grown', 'best') }, stages: [short] }); // prettier-ignore
    await expect(run(back)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  it('stops at once while pictures are measured, and goes on with that validation', async () => {
    const undisturbed = chroma('measured');
    await run(undisturbed);
    const stop = new AbortController();
    // The first validation follows the last step of the first epoch.
    const validated = async (name: string): Promise<Entry[]> => (await logOf(name)).filter(({ kind }) => kind === 'validation'); // prettier-ignore
    const stopping = chroma('measuring');
    const stopped = await run(stopping, { signal: stop.signal, progress: ({ step }) => { if (step === 40) stop.abort(); } }); // prettier-ignore
    expect(stopped).toMatchObject({ finished: false, steps: 40 });
    expect(await validated('measuring')).toHaveLength(0);
    expect(await run(stopping)).toMatchObject({ finished: true, steps: 88 });
    expect(await validated('measuring')).toHaveLength(3);
    expect((await lastTensors('measuring')).equals(await lastTensors('measured'))).toBe(true);
  });

  it('stops while it looks at the pictures, before there is anything to save', async () => {
    const config = chroma('looking');
    const stop = new AbortController();
    const told: string[] = [];
    const tell = (line: string): void => { told.push(line); if (line.startsWith('measuring')) stop.abort(); }; // prettier-ignore
    expect(await train(config, { signal: stop.signal, stages: all(config), tell })).toEqual({ finished: false });
    expect(told).toContain('looking at the pictures');
    // The lock is free again, and nothing stands in the way.
    expect(await run(config, { stages: { first: 0, last: 0 } })).toMatchObject({ finished: true, steps: 80 });
  });

  it('chooses the best anew where it is validated with other pictures', async () => {
    const config = chroma('judged');
    await run(config, { stages: { first: 0, last: 1 } });
    const told: string[] = [];
    const other = { ...config, validation: { ...config.validation, at: 32 } };
    await run(other, { tell: (line) => told.push(line) });
    expect(told.join('\n')).toContain('what the model is validated with has changed');
    const validations = (await logOf('judged')).filter(({ kind }) => kind === 'validation');
    // However its score compares with those before.
    expect(validations.at(-1)).toMatchObject({ best: true });
    const again: string[] = [];
    await run(other, { tell: (line) => again.push(line) });
    expect(again.join('\n')).not.toContain('has changed');
  });

  it('refuses a checkpoint at a place where no run comes', async () => {
    const config = chroma('misplaced');
    const stop = new AbortController();
    await run(config, { signal: stop.signal, progress: ({ step }) => { if (step === 5) stop.abort(); } }); // prettier-ignore
    const checkpoints = path.join(folder, 'misplaced', 'checkpoints');
    const file = path.join(checkpoints, (await readdir(checkpoints)).sort().at(-1)!, 'state.json');
    const state = JSON.parse(await readFile(file, 'utf8')) as object;
    // Of format 2, which has no hash of its own state.
    const position = { stage: 0, epoch: 7, batch: 900, step: 50 };
    await writeFile(file, JSON.stringify({ ...state, format: 2, position }));
    await expect(run(config)).rejects.toMatchObject({ code: 'BAD_RUN', message: expect.stringMatching(/stage 1, epoch 8, batch 900, step 50/) as string }); // prettier-ignore
  });

  it('goes on without a picture that has vanished, and with a checkpoint where too many have', async () => {
    const here = path.join(folder, 'vanishing');
    await mkdir(here);
    // Nothing is kept in memory: these are larger than it is.
    for (let k = 0; k < 6; k++) await drawPicture(path.join(here, `${k}.jpg`), 800, 600, scenery(k));
    const config = chroma('vanished', {
      data: { color: [{ folder: here }], largestRender: 48, memoryMegabytes: 1 },
      stages: [{ size: 32, epochs: 1, batch: 2, picturesPerEpoch: 80, phase: 'generator', generator: { kind: 'constant', rate: 1e-3 } }],
      checkpoint: { every: 1000, keep: 2 },
    }); // prettier-ignore
    await run(config, { progress: ({ step }) => { if (step === 3) rmSync(path.join(here, '2.jpg')); } }); // prettier-ignore
    const notes = (await logOf('vanished')).filter(({ kind, text }) => kind === 'note' && text!.includes('2.jpg'));
    expect(notes.map(({ text }) => text)).toEqual([expect.stringContaining('cannot be read any more')]);
    const gone = { ...config, run: path.join(folder, 'gone'), validation: { ...config.validation, color: pictures } };
    const left = run(gone, { progress: ({ step }) => { if (step === 7) rmSync(here, { recursive: true }); } }); // prettier-ignore
    await expect(left).rejects.toMatchObject({ code: 'BAD_DATA', message: expect.stringContaining('put them back') as string }); // prettier-ignore
    expect(await readdir(path.join(folder, 'gone', 'checkpoints'))).toEqual([expect.stringMatching(/^step-000000/)]);
  });

  it('says what flatters, and what has no effect', async () => {
    const copies = path.join(folder, 'copies');
    await mkdir(copies);
    await cp(path.join(pictures, '3.png'), path.join(copies, 'renamed.png'));
    await drawPicture(path.join(copies, 'own.png'), 48, 48, scenery(9));
    const config = chroma('flattered', {
      pool: 3,
      validation: { color: copies, at: 48, samples: 1 },
      checkpoint: { every: 5 },
    });
    const stop = new AbortController();
    await run(config, { stages: { first: 0, last: 0 }, signal: stop.signal, progress: () => { stop.abort(); } }); // prettier-ignore
    const notes = (await logOf('flattered')).flatMap(({ kind, text }) => (kind === 'note' ? [text] : []));
    expect(notes).toEqual([expect.stringMatching(/^1 of 2 pictures .* renamed\.png\. /), expect.stringContaining('pool (3)')]); // prettier-ignore
  });

  it('saves and returns when it is told to stop, and ends up where an undisturbed run does', async () => {
    const stop = new AbortController();
    const first = await run(cycle('stopped'), {
      signal: stop.signal,
      progress: ({ step }) => {
        if (step === 5) stop.abort();
      },
    });
    expect(first.finished).toBe(false);
    expect((await logOf('stopped')).at(-1)).toMatchObject({ kind: 'end', state: 'stopped' });
    const second = await run(cycle('stopped'));
    expect(second.finished).toBe(true);
    if (!existsSync(path.join(folder, 'at-once'))) await run(cycle('at-once'));
    expect((await lastTensors('stopped')).equals(await lastTensors('at-once'))).toBe(true);
  });

  it('falls back to the checkpoint before a truncated one, says so, and still ends up there', async () => {
    const stop = new AbortController();
    await run(cycle('torn'), { signal: stop.signal, progress: ({ step }) => { if (step === 8) stop.abort(); } }); // prettier-ignore
    const checkpoints = path.join(folder, 'torn', 'checkpoints');
    const newest = (await readdir(checkpoints)).sort().at(-1)!;
    await truncate(path.join(checkpoints, newest, 'tensors.bin'), 100);
    await run(cycle('torn'));
    const notes = (await logOf('torn')).filter(({ kind }) => kind === 'note');
    expect(notes.some(({ text }) => text!.includes(newest) && text!.includes('truncated'))).toBe(true);
    if (!existsSync(path.join(folder, 'at-once'))) await run(cycle('at-once'));
    expect((await lastTensors('torn')).equals(await lastTensors('at-once'))).toBe(true);
  });

  it('refuses to go on with other settings, or with no checkpoint left whole', async () => {
    const stop = new AbortController();
    await run(cycle('other'), { signal: stop.signal, progress: ({ step }) => { if (step === 4) stop.abort(); } }); // prettier-ignore
    await expect(run({ ...cycle('other'), pool: 7 })).rejects.toMatchObject({ code: 'BAD_RUN', message: expect.stringContaining('pool is 7, was 3') as string }); // prettier-ignore
    const checkpoints = path.join(folder, 'other', 'checkpoints');
    for (const name of await readdir(checkpoints)) await truncate(path.join(checkpoints, name, 'tensors.bin'), 10);
    await expect(run(cycle('other'))).rejects.toMatchObject({ code: 'NO_CHECKPOINT' });
  });

  it('begins anew where its checkpoints were deleted, and says so', async () => {
    const config = chroma('deleted');
    const first = { stages: { first: 0, last: 0 } };
    await run(config, first);
    rmSync(path.join(folder, 'deleted', 'checkpoints'), { recursive: true });
    expect(await run(config, first)).toMatchObject({ finished: true, steps: 80 });
    const notes = (await logOf('deleted')).flatMap(({ kind, text }) => (kind === 'note' ? [text] : []));
    const anew = notes.filter((text) => text!.includes('begins anew'));
    expect(anew).toEqual(['no checkpoint is left of the run that was here: it begins anew']);
  });

  it('leaves no folder behind where it cannot begin, and one that was there alone', async () => {
    const nothing = { data: { color: [{ folder: path.join(folder, 'no-such-pictures') }] } };
    await expect(run(chroma('unbegun', nothing))).rejects.toMatchObject({ code: 'BAD_DATA' });
    expect(existsSync(path.join(folder, 'unbegun'))).toBe(false);
    await mkdir(path.join(folder, 'empty'));
    await expect(run(chroma('empty', nothing))).rejects.toMatchObject({ code: 'BAD_DATA' });
    expect(await readdir(path.join(folder, 'empty'))).toEqual([]);
  });

  it('goes on when its pictures were moved, and says what differs when one was changed', async () => {
    const moved = path.join(folder, 'moved');
    const config = chroma('carried');
    const stop = new AbortController();
    await run(config, { signal: stop.signal, progress: ({ step }) => { if (step === 4) stop.abort(); } }); // prettier-ignore
    await cp(pictures, moved, { recursive: true });
    const elsewhere: TrainingConfig = { ...config, data: { ...config.data, color: [{ folder: moved, weight: 1 }] } };
    const seen: number[] = [];
    const again = new AbortController();
    await run(elsewhere, {
      signal: again.signal,
      progress: ({ step }) => {
        seen.push(step);
        again.abort();
      },
    });
    expect(seen).toEqual([5]);
    await cp(path.join(moved, '1.png'), path.join(moved, '0.png'));
    await expect(run(elsewhere)).rejects.toMatchObject({
      code: 'BAD_RUN',
      message: expect.stringContaining('data.color.0 has other pictures') as string,
    });
    await rm(path.join(moved, '0.png'));
    await expect(run({ ...elsewhere, seed: 5 })).rejects.toThrow(
      /seed is 5, was 1; data\.color\.0\.pictures is 7, was 8/,
    );
  });

  it('has its folder to itself, and ends without writing when that was taken over', async () => {
    const config = chroma('locked');
    const lock = path.join(folder, 'locked', 'run.lock');
    const theirs = path.join(folder, 'theirs.lock');
    const seconds: Promise<unknown>[] = [];
    const first = run(config, {
      progress: ({ step }) => {
        if (step === 2) seconds.push(run(config).catch((error: unknown) => error));
        // After the checkpoint of step 7: what follows must not be written. Another file, as of one that takes over: into
        // this one the run's next beat is written.
        if (step === 8) {
          writeFileSync(theirs, readFileSync(lock, 'utf8').replace(/"token":"[^"]*"/, '"token":"theirs"'));
          renameSync(theirs, lock);
        }
      },
    });
    await expect(first).rejects.toMatchObject({ code: 'BAD_RUN', message: expect.stringContaining('taken it over') as string }); // prettier-ignore
    expect(await seconds[0]).toMatchObject({ code: 'BAD_RUN', message: expect.stringContaining(`in use: process ${process.pid}`) as string }); // prettier-ignore
    expect(await readdir(path.join(folder, 'locked', 'checkpoints'))).toEqual(['step-00000007']);
    await rm(lock);
    expect(await run(config)).toMatchObject({ finished: true });
    expect(existsSync(lock)).toBe(false);
  });

  it('ends with the reason when a loss is no number any more', async () => {
    const config = chroma('diverged', {
      stages: [{ size: 32, epochs: 5, batch: 2, picturesPerEpoch: 80, phase: 'generator', generator: { kind: 'constant', rate: 3e38 } }],
    }); // prettier-ignore
    await expect(run(config)).rejects.toMatchObject({ code: 'DIVERGED', message: expect.stringMatching(/rate in a new run \(-o DIR\)\.$/) as string }); // prettier-ignore
    const later = chroma('diverged-later', {
      stages: [
        { size: 32, epochs: 1, batch: 2, picturesPerEpoch: 8, phase: 'generator', generator: { kind: 'constant', rate: 1e-3 } },
        { size: 32, epochs: 5, batch: 2, picturesPerEpoch: 80, phase: 'generator', generator: { kind: 'constant', rate: 3e38 } },
      ],
    }); // prettier-ignore
    const best = path.join(folder, 'diverged-later', 'best');
    await expect(run(later)).rejects.toThrow(`networks.from: ${JSON.stringify(best)}`);
    expect(existsSync(best)).toBe(true);
  });
});

// Four processes, each with an engine and a compilation of its own: more than a minute where other work runs.
describe('kill -9', { timeout: 240_000 }, () => {
  it.each(['chroma', 'cycle'] as const)('of a %s run at any step changes nothing in the end', async (kind) => {
    const configOf = { chroma, cycle }[kind];
    const [config, undisturbed] = [configOf(`killed-${kind}`), `undisturbed-${kind}`];
    await runProcess(configOf(undisturbed));
    const total = kind === 'chroma' ? 88 : 20;
    await runProcess(config, { at: 3 });
    await runProcess(config, { at: total - 2, waits: true });
    await runProcess(config);
    expect((await lastTensors(`killed-${kind}`)).equals(await lastTensors(undisturbed))).toBe(true);
  });
});

interface Kill {
  /** At this step of the run. */
  readonly at: number;
  /** The run waits there for its end, which it could else forestall by being done. */
  readonly waits?: boolean;
}

/** A run in a process of its own. */
function runProcess(config: TrainingConfig, kill?: Kill): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        TRAIN.replace('/src/', '/dist/').replace(/\.ts$/, '.js'),
        JSON.stringify(config),
        ...(kill?.waits === true ? [String(kill.at)] : []),
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let heard = '';
    let killed = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      const step = Number(/step (\d+)\n[^\n]*$/.exec(heard)?.[1] ?? 0);
      if (kill !== undefined && step >= kill.at && !killed) {
        killed = true;
        child.kill('SIGKILL');
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (kill === undefined ? code === 0 : signal === 'SIGKILL') resolve();
      else reject(new Error(`the run ended with ${String(code)} ${String(signal)}: ${heard.slice(-500)}`));
    });
  });
}
