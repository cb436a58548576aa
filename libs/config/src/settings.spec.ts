import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

import { ConfigError, defineSettings, readBoolean, readNumber, setting, type ParsedSettings } from './index.js';

const settings = defineSettings({
  renderSize: setting(readNumber(z.number().int().min(16).default(256)), {
    flag: '-r, --render-size <pixels>',
    env: 'TEST_RENDER_SIZE',
    describe: 'Short side at which the generator sees a picture',
    unit: 'pixels',
  }),
  device: setting(z.enum(['cpu', 'gpu', 'auto']).default('auto'), {
    flag: '--device <name>',
    env: 'TEST_DEVICE',
    describe: 'cpu | gpu | auto',
  }),
  audio: setting(readBoolean().default(true), { flag: '--no-audio', env: 'TEST_AUDIO', describe: 'Keep the sound' }),
  resume: setting(readBoolean().default(false), { flag: '--resume', describe: 'Go on where the last run stopped' }),
  password: setting(z.string().min(8).optional(), { env: 'TEST_PASSWORD', describe: 'Of the server', secret: true }),
  sizes: setting(z.array(z.string().min(1)).default(['a']), { flag: '--sizes <name...>', describe: 'Names' }),
});

function failure(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error as ConfigError;
  }
  throw new Error('nothing was thrown');
}

describe('parse', () => {
  it('gives the defaults when nothing is given', () => {
    expect(settings.parse({})).toEqual({
      renderSize: 256,
      device: 'auto',
      audio: true,
      resume: false,
      password: undefined,
      sizes: ['a'],
    });
  });

  it('takes the flag before the variable before the default', () => {
    const env = { TEST_RENDER_SIZE: '128', TEST_DEVICE: 'cpu', TEST_AUDIO: 'off' };
    const flags = { renderSize: '64', device: undefined, audio: true };
    expect(settings.parse({ flags, env })).toMatchObject({ renderSize: 64, device: 'cpu', audio: false });
    expect(settings.parse({ flags: { audio: false }, env: { TEST_AUDIO: 'yes' } }).audio).toBe(false);
  });

  it('takes an empty variable for none, and passes over the variables of others', () => {
    expect(settings.parse({ env: { TEST_RENDER_SIZE: '', PATH: '/bin' } }).renderSize).toBe(256);
  });

  it('lists every problem, a line each, with flag and variable', () => {
    const error = failure(() =>
      settings.parse({
        flags: { renderSize: 'big', resume: 'maybe', rendrSize: 3, absent: undefined, sizes: ['b', ''] },
        env: { TEST_DEVICE: 'tpu' },
      }),
    );
    expect(error.code).toBe('BAD_SETTINGS');
    expect(error.message.split('\n')).toEqual([
      '5 settings are wrong:',
      '  --rendr-size: there is no such flag (there are: --render-size, --device, --no-audio, --resume, --sizes)',
      '  --render-size big (or TEST_RENDER_SIZE): invalid input: expected number, received string (pixels)',
      '  TEST_DEVICE=tpu (or --device): invalid option: expected one of "cpu"|"gpu"|"auto"',
      '  --resume maybe: invalid input: expected boolean, received string',
      '  --sizes ["b",""] at 1: too small: expected string to have >=1 characters',
    ]);
    expect(error.problems).toHaveLength(5);
  });

  it('does not mistake an inherited property for a flag', () => {
    const odd = defineSettings({ it: setting(z.string().default('x'), { flag: '--to-string', describe: 'Odd' }) });
    expect(odd.parse({ flags: {} }).it).toBe('x');
  });

  it('says what must be given', () => {
    const strict = defineSettings({
      out: setting(z.string(), { flag: '-o, --out <file>', env: 'TEST_OUT', describe: 'Where the film goes' }),
    });
    expect(failure(() => strict.parse({})).problems).toEqual([
      '--out (or TEST_OUT): must be given (Where the film goes)',
    ]);
  });

  it('never shows a secret', () => {
    expect(failure(() => settings.parse({ env: { TEST_PASSWORD: 'hunter2' } })).message).toMatch(
      /^(?!.*hunter2).*TEST_PASSWORD: too small/s,
    );
  });

  it('freezes all that it gives', () => {
    const parsed = settings.parse({ flags: { sizes: ['b'] } });
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(() => parsed.sizes.push('c')).toThrow(TypeError);
  });

  it('infers exact types', () => {
    expectTypeOf<ParsedSettings<typeof settings>>().toEqualTypeOf<{
      readonly renderSize: number;
      readonly device: 'cpu' | 'gpu' | 'auto';
      readonly audio: boolean;
      readonly resume: boolean;
      readonly password: string | undefined;
      readonly sizes: string[];
    }>();
    expectTypeOf(settings.parse({}).renderSize).toEqualTypeOf<number>();
  });
});

describe('documentation', () => {
  it('gives the flags with unit, default and variable', () => {
    expect(settings.options()).toEqual([
      {
        flags: '-r, --render-size <pixels>',
        description: 'Short side at which the generator sees a picture, in pixels (default: 256, TEST_RENDER_SIZE)',
        default: '256',
      },
      { flags: '--device <name>', description: 'cpu | gpu | auto (default: auto, TEST_DEVICE)', default: 'auto' },
      { flags: '--no-audio', description: 'Keep the sound (TEST_AUDIO)', default: 'true' },
      { flags: '--resume', description: 'Go on where the last run stopped (default: false)', default: 'false' },
      { flags: '--sizes <name...>', description: 'Names (default: ["a"])', default: '["a"]' },
    ]);
  });

  it('gives a table with all settings and no broken cells', () => {
    const lines = settings.markdown().split('\n');
    expect(lines.slice(0, 2)).toEqual(['| Flag | Variable | Default | Meaning |', '| --- | --- | --- | --- |']);
    expect(lines[3]).toBe('| `--device <name>` | `TEST_DEVICE` | `auto` | cpu \\| gpu \\| auto |');
    expect(lines[6]).toBe('|  | `TEST_PASSWORD` |  | Of the server |');
    expect(lines).toHaveLength(9);
  });
});

describe('a definition', () => {
  it('with mistakes is turned down with all of them', () => {
    const schema = z.string().optional();
    const error = failure(() =>
      defineSettings({
        a: setting(schema, { flag: 'size', describe: '' }),
        b: setting(schema, { describe: '' }),
        c: setting(schema, { flag: '--audio', env: 'TEST_C', describe: '' }),
        d: setting(schema, { flag: '--no-audio', env: 'TEST_C', describe: '' }),
        e: setting(schema, { env: 'lower', describe: '' }),
      }),
    );
    expect(error.code).toBe('BAD_DEFINITION');
    expect(error.problems).toEqual([
      'a: "size" is not a flag; write it like "--render-size <pixels>"',
      'b: it has neither a flag nor a variable',
      'd: the name "audio" belongs to c already',
      'd: the name "TEST_C" belongs to c already',
      'e: "lower" is not a variable; write it like "KINEMACOLOR_RENDER_SIZE"',
    ]);
  });
});

describe('ConfigError.from', () => {
  it('passes its own and wraps the rest', () => {
    const own = new ConfigError('BAD_SETTINGS', ['x']);
    expect(ConfigError.from(own)).toBe(own);
    expect(own.message).toBe('A setting is wrong:\n  x');
    const cause = new Error('y');
    expect(ConfigError.from(cause)).toMatchObject({ problems: ['y'], cause });
    expect(ConfigError.from('z').problems).toEqual(['z']);
  });
});
