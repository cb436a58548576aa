import { describe, expect, it } from 'vitest';
import { PRESETS } from './presets.js';
import { checkConfig } from './read-config.js';
import type { TrainingInput } from './schema.js';
import { withoutEffect } from './without-effect.js';

const STAGE = { size: 64, epochs: 1, batch: 4, generator: { kind: 'constant', rate: 1e-3 } } as const;
const told = (kind: 'chroma' | 'cycle', more: Partial<TrainingInput> = {}): string[] =>
  withoutEffect(
    checkConfig('this', {
      name: 'mine',
      run: 'runs/mine',
      networks: { kind, width: 8 },
      losses: { chroma: 1 },
      stages: [STAGE],
      data: { bw: kind === 'cycle' ? [{ folder: 'grey' }] : [], color: [{ folder: 'colour' }], ...more.data },
      ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'data')),
    }),
  );
const color = [{ folder: 'colour' }];

describe('withoutEffect', () => {
  it.each<['chroma' | 'cycle', string, Partial<TrainingInput>]>([
    ['chroma', 'pool (5)', { pool: 5 }],
    ['chroma', 'losses.cycle (3)', { losses: { chroma: 1, cycle: 3 } }],
    ['chroma', 'losses.identity (1)', { losses: { chroma: 1, identity: 1 } }],
    ['chroma', '(data.bw)', { data: { bw: color, color } }],
    ['cycle', 'losses.chromaDelta (0.1)', { losses: { chromaDelta: 0.1 } }],
    ['cycle', 'losses.colourWeight (1)', { losses: { colourWeight: 1 } }],
    ['cycle', 'losses.chromaLog (0.002)', { losses: { chromaLog: 0.002 } }],
    ['cycle', 'outputGain.v (1.3)', { outputGain: { v: 1.3 } }],
    ['cycle', 'data.filmShare (1)', { data: { bw: color, color, filmShare: 1 } }],
    ['chroma', 'data.largestRender (288)', { data: { color, framing: 'square', largestRender: 288 } }],
    ['chroma', 'features.kind ("vgg16")', { features: { kind: 'vgg16', path: 'w' } }],
    ['chroma', 'optimiser.beta1 (0.9)', { optimiser: { beta1: 0.9 }, stages: [{ ...STAGE, generator: { kind: 'one-cycle', peak: 1 } }] }],
    ['chroma', 'stages[0].discriminator ({"kind":"constant"', { stages: [{ ...STAGE, phase: 'generator', discriminator: STAGE.generator }] }],
  ])('tells of a %s config: %s', (kind, words, more) => {
    expect(told(kind, more)).toEqual([expect.stringContaining(words)]);
  }); // prettier-ignore

  it('is silent where everything counts, and of defaults', () => {
    expect(told('chroma')).toEqual([]);
    expect(told('cycle')).toEqual([]);
    expect(told('cycle', { pool: 5, losses: { cycle: 3, identity: 1, perceptual: 2 }, features: { kind: 'vgg16', path: 'w' } })).toEqual([]); // prettier-ignore
    expect(told('chroma', { outputGain: { u: 2 }, losses: { chroma: 1, colourWeight: 1, chromaDelta: 1 } })).toEqual(
      [],
    );
    for (const preset of Object.values(PRESETS)) {
      const { kind } = preset.networks;
      const bw = kind === 'cycle' ? color : [];
      const features = { kind: 'none', ...preset.features, path: 'w' };
      expect(withoutEffect(checkConfig('this', { ...preset, run: 'r', features, data: { ...preset.data, bw, color } }))).toEqual([]); // prettier-ignore
    }
  });
});
