import { describe, expect, it } from 'vitest';

import { checkGeneratorConfig, GENERATOR_PRESETS, type GeneratorConfig } from './generator-config.js';
import { ModelError } from './model-error.js';

describe('checkGeneratorConfig', () => {
  it.each(Object.entries(GENERATOR_PRESETS))('passes the preset %s unchanged', (_, preset) => {
    expect(checkGeneratorConfig(preset)).toBe(preset);
    expect(Object.isFrozen(preset)).toBe(true);
  });

  it('names every value that is wrong at once', () => {
    const config: GeneratorConfig = { width: 1.5, residualBlocks: -1, inputChannels: 2, outputChannels: 4 };
    expect(() => checkGeneratorConfig(config)).toThrow(
      expect.objectContaining({ name: 'ModelError', code: 'BAD_CONFIG' }),
    );
    expect(() => checkGeneratorConfig(config)).toThrow(
      'Not a generator: width = 1.5, residualBlocks = -1, inputChannels = 2, outputChannels = 4 (width ≥ 1',
    );
  });

  it.each<[keyof GeneratorConfig, unknown]>([
    ['width', 0],
    ['width', '16'],
    ['residualBlocks', NaN],
    ['inputChannels', undefined],
    ['outputChannels', 1],
  ])('turns down %s = %s', (name, value) => {
    const config = { ...GENERATOR_PRESETS.fast, [name]: value } as GeneratorConfig;
    expect(() => checkGeneratorConfig(config)).toThrow(`Not a generator: ${name} = ${String(value)} (`);
  });
});

describe('ModelError.from', () => {
  it('passes its own and wraps the rest with the cause', () => {
    const own = new ModelError('CORRUPT', 'x');
    expect(ModelError.from(own)).toBe(own);
    const cause = new Error('y');
    expect(ModelError.from(cause)).toMatchObject({ message: 'y', cause });
    expect(ModelError.from('z').message).toBe('z');
  });
});
