import { describe, expect, it } from 'vitest';
import { checkConfig } from '../config/read-config.js';
import type { TrainingConfig } from '../config/schema.js';
import { configHash } from './config-hash.js';

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

describe('configHash', () => {
  it.each<[string, Changes]>([
    ['a seed', { seed: 2 }],
    ['a width', { networks: { width: 16 } }],
    ['a loss', { losses: { chroma: 2 } }],
    ['other features', { features: { kind: 'darknet-tiny' } }],
    ['an optimiser', { optimiser: { beta1: 0.9 } }],
    ['a pool', { pool: 50 }],
    ['an average', { average: 0.9 }],
    ['a precision', { precision: 'bf16' }],
    ['other pictures', { data: { color: [{ folder: 'other', weight: 1 }] } }],
    ['other weights of pictures', { data: { color: [{ folder: 'colour', weight: 2 }] } }],
    ['a framing', { data: { framing: 'square' } }],
    ['a film share', { data: { filmShare: 0.5 } }],
    ['an earlier stage', stages(0, { batch: 8 })],
    ['this stage', stages(1, { picturesPerEpoch: 100 })],
    ['pictures that are held out', { validation: { color: undefined } }],
  ])('changes with %s', (_, changes) => {
    expect(configHash(changed(changes), 2)).not.toBe(configHash(config, 2));
  });

  it.each<[string, Changes]>([
    ['a later stage', stages(2, { batch: 1, epochs: 9 })],
    ['fewer later stages', { stages: config.stages.slice(0, 2) }],
    ['the folder of the run', { run: 'elsewhere' }],
    ['a name', { name: 'other' }],
    ['where feature weights lie', { features: { path: 'elsewhere' } }],
    ['threads and memory', { data: { threads: 2, memoryMegabytes: 7 } }],
    ['validation', { validation: { color: 'other', most: 3 } }],
    ['checkpoints', { checkpoint: { every: 3, keep: 1 } }],
    ['the log', { logEvery: 1 }],
    ['the gain of what is exported', { outputGain: { u: 2 } }],
  ])('does not change with %s', (_, changes) => {
    expect(changed(changes)).not.toEqual(config);
    expect(configHash(changed(changes), 2)).toBe(configHash(config, 2));
  });

  it('differs from stage to stage', () => {
    expect(new Set([0, 1, 2].map((at) => configHash(config, at))).size).toBe(3);
  });
});
