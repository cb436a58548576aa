import { describe, expect, it } from 'vitest';
import { checkConfig } from '../config/read-config.js';
import type { TrainingConfig } from '../config/schema.js';
import type { DrawnSet } from '../data/index.js';
import { configHash } from './config-hash.js';
import { differences, runBasis } from './run-basis.js';

const stage = (size: number): object => ({ size, epochs: 2, batch: 4, generator: { kind: 'constant', rate: 1e-3 } });
const config = checkConfig('this', {
  name: 'mine',
  run: 'runs/mine',
  networks: { kind: 'chroma', width: 8 },
  losses: { chroma: 1 },
  features: { kind: 'vgg16', path: 'weights' },
  data: { color: [{ folder: 'colour' }] },
  validation: { color: 'held-out' },
  stages: [stage(64), stage(128), stage(256)],
});

type Changes = { readonly [K in keyof TrainingConfig]?: TrainingConfig[K] | Partial<TrainingConfig[K]> };
const changed = (changes: Changes): TrainingConfig =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const change = changes[key as keyof TrainingConfig];
      const merges = typeof change === 'object' && !Array.isArray(change);
      return [key, merges ? { ...(value as object), ...change } : (change ?? value)];
    }),
  ) as TrainingConfig;
const stages = (index: number, change: Partial<TrainingConfig['stages'][number]>): Changes => ({
  stages: config.stages.map((one, i) => (i === index ? { ...one, ...change } : one)),
});

const set = (more: Partial<DrawnSet> = {}): DrawnSet => ({ weight: 1, pictures: 9, sha256: 'ab'.repeat(32), ...more });
const drawn = { bw: [], color: [set(), set({ weight: 2 })] };
/** What differs after changes, two stages having begun. */
const difference = (changes: Changes, sets = drawn): string[] =>
  differences(runBasis(config, 2, drawn), runBasis(changed(changes), 2, sets));

describe('the basis of a run', () => {
  it.each<[string, Changes, string]>([
    ['a seed', { seed: 2 }, 'seed is 2, was 1'],
    ['a width', { networks: { width: 16 } }, 'networks.width is 16, was 8'],
    ['a loss', { losses: { chroma: 2 } }, 'losses.chroma is 2, was 1'],
    ['other features', { features: { kind: 'darknet-tiny' } }, 'features.kind is "darknet-tiny", was "vgg16"'],
    ['an optimiser', { optimiser: { beta1: 0.9 } }, 'optimiser.beta1 is 0.9, was 0.5'],
    ['a pool', { pool: 50 }, 'pool is 50, was 0'],
    ['an average', { average: 0.9 }, 'average is 0.9, was 0.999'],
    ['a precision', { precision: 'bf16' }, 'precision is "bf16", was "auto"'],
    ['a framing', { data: { framing: 'square' } }, 'data.framing is "square", was "crop"'],
    ['a film share', { data: { filmShare: 0.5 } }, 'data.filmShare is 0.5, was 0.15'],
    ['an earlier stage', stages(0, { batch: 8 }), 'stages.0.batch is 8, was 4'],
    ['this stage', stages(1, { picturesPerEpoch: 100 }), 'stages.1.picturesPerEpoch is 100, was nothing'],
  ])('differs by %s, and says so', (_, changes, words) => {
    expect(difference(changes)).toEqual([words]);
  });

  it.each<[string, typeof drawn, RegExp]>([
    ['other pictures', { bw: [], color: [set({ sha256: 'cd'.repeat(32) }), drawn.color[1]!] }, /^data\.color\.0 has other pictures, or in another order$/],
    ['more pictures', { bw: [], color: [drawn.color[0]!, set({ weight: 2, pictures: 10, sha256: 'cd'.repeat(32) })] }, /^data\.color\.1\.pictures is 10, was 9$/],
    ['another weight', { bw: [], color: [set({ weight: 3 }), drawn.color[1]!] }, /^data\.color\.0\.weight is 3, was 1$/],
    ['a set less', { bw: [], color: drawn.color.slice(0, 1) }, /^data\.color\.1 is nothing, was \{"weight":2,/],
  ])('differs by %s, and says so', (_, sets, words) => {
    expect(difference({}, sets)).toEqual([expect.stringMatching(words)]);
  }); // prettier-ignore

  it('tells of everything that differs', () => {
    expect(difference({ seed: 2, pool: 3, losses: { chroma: 4, identity: 0 } })).toHaveLength(4);
  });

  it.each<[string, Changes]>([
    ['a later stage', stages(2, { batch: 1, epochs: 9 })],
    ['fewer later stages', { stages: config.stages.slice(0, 2) }],
    ['the folder of the run', { run: 'elsewhere' }],
    ['what it began with', { networks: { from: 'a-model' } }],
    ['a name', { name: 'other' }],
    ['where pictures lie', { data: { color: [{ folder: 'elsewhere', match: '.', weight: 1 }] } }],
    ['where feature weights lie', { features: { path: 'elsewhere' } }],
    ['threads and memory', { data: { threads: 2, memoryMegabytes: 7 } }],
    ['validation', { validation: { color: 'other', most: 3 } }],
    ['checkpoints', { checkpoint: { every: 3, keep: 1 } }],
    ['the log', { logEvery: 1 }],
    ['the gain of what is exported', { outputGain: { u: 2 } }],
  ])('does not differ by %s', (_, changes) => {
    expect(changed(changes)).not.toEqual(config);
    expect(difference(changes)).toEqual([]);
  });

  it('does not differ from one that recorded what it began with', () => {
    const now = runBasis(config, 2, drawn) as Readonly<Record<string, Record<string, string>>>;
    expect(differences({ ...now, networks: { ...now.networks, from: 'a-model' } }, now)).toEqual([]);
  });

  it('grows from stage to stage', () => {
    expect(new Set([0, 1, 2].map((at) => JSON.stringify(runBasis(config, at, drawn)))).size).toBe(3);
  });
});

describe('the hash of format 1', () => {
  it('is what it was when such checkpoints were written', () => {
    expect([0, 2].map((begun) => configHash(config, begun).slice(0, 16))).toEqual([
      '0262b188ab177253',
      '762242ede89d1a8e',
    ]);
    expect(configHash(changed({ losses: { chroma: 2 } }), 2)).not.toBe(configHash(config, 2));
  });
});
