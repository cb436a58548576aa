import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';
import { PRESETS, type PresetName } from './presets.js';
import { optionalFields } from './optional-fields.js';
import { checkConfig, draftConfig, readConfig, type ConfigOverrides } from './read-config.js';
import type { TrainingInput } from './schema.js';
import { TrainingError } from './training-error.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

const STAGE = { size: 64, epochs: 1, batch: 4, generator: { kind: 'constant', rate: 1e-3 } } as const;

/** Everything that has no default; `chroma` keeps it from contradicting itself. */
const LEAST = {
  name: 'mine',
  run: 'runs/mine',
  networks: { kind: 'chroma', width: 8 },
  losses: { chroma: 1 },
  data: { color: [{ folder: 'colour' }] },
  stages: [STAGE],
} satisfies TrainingInput;

/** What a person brings to a preset. */
const MINE: ConfigOverrides = { bw: ['grey', 'more-grey'], color: ['colour'], features: 'weights' };

const failure = async (read: () => Promise<unknown>): Promise<string> => {
  const error = await read().then(
    () => expect.unreachable('It was read.'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TrainingError);
  expect((error as TrainingError).code).toBe('BAD_CONFIG');
  return (error as TrainingError).message;
};
const wrong = (value: unknown): Promise<string> =>
  failure(() => Promise.resolve().then(() => checkConfig('this', value)));
const wrongFile = (file: string): Promise<string> => failure(() => readConfig({ file }));

describe('readConfig of a preset', () => {
  it.each(Object.keys(PRESETS) as PresetName[])('%s needs only folders and, for features, weights', async (preset) => {
    const config = await readConfig({ preset }, MINE);
    expect(config.name).toBe(preset);
    expect(config.run).toBe(`runs/${preset}`);
    expect(config.data.bw.map((set) => set.folder)).toEqual(['grey', 'more-grey']);
    expect(config.data.color).toEqual([{ folder: 'colour', weight: 1 }]);
    expect(config.features.path).toBe('weights');
    expect(config.networks.recogniser).toBeUndefined();
    // Pictures are then held out of the training pictures.
    expect(config.validation.color).toBeUndefined();
    expect(await failure(() => readConfig({ preset }))).toContain('data.color');
  });

  it('has the recipe of the seed', async () => {
    const { stages, data, optimiser, networks, losses, features, pool, average, outputGain, precision } = await readConfig({ preset: 'seed' }, MINE); // prettier-ignore
    expect(networks).toEqual({ kind: 'cycle', width: 64, residualBlocks: 6, discriminatorWidth: 64 });
    expect(losses).toMatchObject({ adversarial: 1, cycle: 10, identity: 5, perceptual: 5, chroma: 0 });
    expect(features.kind).toBe('vgg16');
    expect(precision).toBe('fp32');
    expect(optimiser).toEqual({ kind: 'lamb', beta1: 0.5, beta2: 0.99, epsilon: 1e-6, weightDecay: 0 });
    expect([pool, average, outputGain]).toEqual([0, 0, { u: 1, v: 1 }]);
    expect(data).toMatchObject({ framing: 'square', filmShare: 0 });
    expect(stages.map(({ size, epochs, batch }) => [size, epochs, batch])).toEqual([[64, 20, 8], [128, 20, 4], [256, 20, 2], [512, 10, 1]]); // prettier-ignore
    const generator = { kind: 'one-cycle', peak: 1e-3, peakAt: 0.5, startDivisor: 10, endDivisor: 1e5, momentum: [0.5, 0.35] }; // prettier-ignore
    for (const stage of stages) expect(stage).toMatchObject({ phase: 'adversarial', generator });
    expect(stages.every(({ picturesPerEpoch, discriminator }) => picturesPerEpoch === undefined && discriminator === undefined)).toBe(true); // prettier-ignore
  });

  it('lets what is said beside it win', async () => {
    const config = await readConfig({ preset: 'tiny' }, { color: ['c'], run: 'elsewhere', validation: 'held-out', clip: 'f.mp4' }); // prettier-ignore
    expect(config.run).toBe('elsewhere');
    expect(config.validation).toEqual({ color: 'held-out', clip: 'f.mp4', most: 100, at: 256, samples: 6 });
  });
});

describe('readConfig of a file', () => {
  it('fills in what is left out, and can be read again', async () => {
    await writeFile(at('least.json'), JSON.stringify(LEAST));
    const config = await readConfig({ file: at('least.json') });
    expect(config).toMatchObject({
      seed: 1,
      losses: { adversarial: 1, cycle: 10, perceptual: 0 },
      features: { kind: 'none' },
      data: { bw: [], color: [{ folder: 'colour', weight: 1 }], framing: 'crop', threads: 1 },
      stages: [{ phase: 'adversarial' }],
      checkpoint: { every: 500, keep: 3 },
    });
    // As some editors write it.
    await writeFile(at('whole.json'), '\uFEFF' + JSON.stringify(config));
    expect(await readConfig({ file: at('whole.json') })).toEqual(config);
  });

  it('lets what is said beside it win, and keeps the rest of its data and validation', async () => {
    await writeFile(at('mine.json'), JSON.stringify({ ...LEAST, data: { ...LEAST.data, threads: 3 }, validation: { color: 'v', most: 5 } })); // prettier-ignore
    const config = await readConfig({ file: at('mine.json') }, { ...MINE, run: 'other', clip: 'film.mkv' });
    expect(config.run).toBe('other');
    expect(config.data).toMatchObject({ threads: 3, bw: [{ folder: 'grey' }, { folder: 'more-grey' }] });
    expect(config.validation).toMatchObject({ color: 'v', most: 5, clip: 'film.mkv' });
    expect(config.features).toEqual({ kind: 'none', path: 'weights' });
  });

  it.each([
    ['darknet-tiny', 'weights'],
    ['glance', undefined],
  ] as const)('lets a recogniser begin with the features where there is one: %s', async (semantics, recogniser) => {
    await writeFile(at(`${semantics}.json`), JSON.stringify({ ...LEAST, networks: { ...LEAST.networks, semantics } }));
    expect((await readConfig({ file: at(`${semantics}.json`) }, MINE)).networks.recogniser).toBe(recogniser);
  });

  it('says which file is missing, no JSON, or no object', async () => {
    await writeFile(at('broken.json'), '{ "name": ');
    await writeFile(at('number.json'), '7');
    expect(await wrongFile(at('gone.json'))).toMatch(/gone\.json cannot be read: ENOENT/);
    expect(await wrongFile(at('broken.json'))).toMatch(/broken\.json cannot be read: .*JSON/);
    expect(await wrongFile(at('number.json'))).toMatch(/number\.json holds no JSON object/);
  });

  it('lists all that is wrong in it', async () => {
    const { name, ...rest } = LEAST;
    await writeFile(at('wrong.json'), JSON.stringify({ ...rest, [name]: 1, networks: { kind: 'chroma', width: 0 }, stages: [{ ...STAGE, size: 60 }] })); // prettier-ignore
    const message = await wrongFile(at('wrong.json'));
    for (const part of ['wrong.json', 'at name', 'mine', 'networks.width', 'stages[0].size'])
      expect(message).toContain(part);
  });
});

describe('draftConfig', () => {
  it('gives a config to look at, and tells what it lacks', async () => {
    const { config, missing } = await draftConfig({ preset: 'seed' }, { color: ['c'] });
    expect(config.networks.width).toBe(64);
    expect(missing).toEqual([expect.stringContaining('data.bw'), expect.stringContaining('features.path')]);
    expect((await draftConfig({ preset: 'seed' }, MINE)).missing).toEqual([]);
    expect(await failure(() => draftConfig({ preset: 'tiny' }))).toContain('data.color');
  });
});

describe('optionalFields', () => {
  it('names what a whole config need not hold', () => {
    const names = optionalFields().map(({ name }) => name);
    expect(names).toContain('networks.from');
    expect(names).toContain('data.color[].match');
    expect(names).toContain('stages[].discriminator');
    expect(names).not.toContain('seed');
    for (const { description } of optionalFields()) expect(description).not.toBe('');
  });
});

describe('checkConfig', () => {
  it('takes what is whole', () => {
    expect(Object.isFrozen(checkConfig('this', LEAST))).toBe(true);
  });

  it('names a key that it does not know, wherever it is', async () => {
    expect(await wrong({ ...LEAST, colour: 'yes' })).toMatch(/this:[^]*"colour"/);
    expect(await wrong({ ...LEAST, losses: { chroma: 1, chrome: 2 } })).toMatch(/"chrome"[^]*losses/);
    expect(await wrong({ ...LEAST, data: { color: [{ folder: 'a', wieght: 2 }] } })).toMatch(/"wieght"[^]*data\.color/);
  });

  it.each<[string, RegExp, Partial<TrainingInput>]>([
    ['no stage', /stages/, { stages: [] }],
    [
      'semantics of a CycleGAN',
      /semantics is for networks of kind chroma/,
      { networks: { kind: 'cycle', width: 8, semantics: 'darknet-tiny' } },
    ],
    [
      'a size that halves to no whole number',
      /a size of 72 is no multiple of 16/,
      { networks: { kind: 'chroma', width: 8, semantics: 'darknet-tiny' }, stages: [{ ...STAGE, size: 72 }] },
    ],
    [
      'weights for a glance',
      /networks\.recogniser/,
      { networks: { kind: 'chroma', width: 8, semantics: 'glance', recogniser: 'w' } },
    ],
    ['weights for no branch', /networks\.recogniser/, { networks: { kind: 'chroma', width: 8, recogniser: 'w' } }],
    ['no colour picture', /data\.color/, { data: { color: [] } }],
    ['a cycle without black and white', /data\.bw \(--bw DIR\)/, { networks: { kind: 'cycle', width: 8 } }],
    ['features without weights', /kind vgg16 .*features\.path \(--features PATH/, { features: { kind: 'vgg16' } }],
    [
      'a perceptual loss without features',
      /losses\.perceptual needs features/,
      { losses: { chroma: 1, perceptual: 1 } },
    ],
    ['weight decay with Adam', /Only lamb has a weight decay/, { optimiser: { weightDecay: 0.1 } }],
    ['a moment that learns nothing', /optimiser\.beta1/, { optimiser: { beta1: 1 } }],
    [
      'a kind of schedule that there is not',
      /constant, linear, one-cycle or cosine[^]*stages\[0\]\.discriminator/,
      { stages: [{ ...STAGE, discriminator: { kind: 'step' } as never }] },
    ],
    ['chroma without a loss', /losses\.chroma or losses\.perceptual/, { losses: {} }],
    ['too small a validation', /validation\.at must be 32 or more/, { validation: { color: 'v', at: 16 } }],
    ['an epoch of less than a batch', /Stage 2: .*3.*4/, { stages: [STAGE, { ...STAGE, picturesPerEpoch: 3 }] }], // prettier-ignore
  ])('refuses %s', async (_, words, change) => {
    expect(await wrong({ ...LEAST, ...change })).toMatch(words);
  });

  it('tells all contradictions at once', async () => {
    const message = await wrong({ ...LEAST, losses: { perceptual: 1 }, optimiser: { weightDecay: 1 }, networks: { kind: 'cycle', width: 8 } }); // prettier-ignore
    for (const part of ['data.bw', 'losses.perceptual', 'lamb']) expect(message).toContain(part);
  });

  it('takes what the contradictions leave', () => {
    const optimiser = { kind: 'lamb', weightDecay: 0.1 } as const;
    const features = { kind: 'darknet-tiny', path: 'w' } as const;
    const data = { bw: [{ folder: 'grey' }], color: [{ folder: 'colour' }] };
    const cycle = checkConfig('this', { ...LEAST, networks: { kind: 'cycle', width: 8 }, losses: { perceptual: 1 }, optimiser, features, data }); // prettier-ignore
    expect(cycle.optimiser.weightDecay).toBe(0.1);
    expect(() => checkConfig('this', { ...LEAST, validation: { color: 'v', at: 32 }, stages: [{ ...STAGE, picturesPerEpoch: 4 }] })).not.toThrow(); // prettier-ignore
  });
});
