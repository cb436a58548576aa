import { defineSettings, readBoolean, readNumber, setting } from '@kinemacolor/config';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { flagsHelp, readFlags } from './read-flags.js';

const settings = defineSettings({
  listen: setting(z.string().default('here'), { flag: '--listen <host:port>', env: 'LISTEN', describe: 'Where' }),
  mostJobs: setting(readNumber(z.number().default(4)), { flag: '-m, --most-jobs <count>', describe: 'How many' }),
  insecure: setting(readBoolean().default(false), { flag: '--insecure', describe: 'Whether open' }),
  reflection: setting(readBoolean().default(true), { flag: '--no-reflection', describe: 'Not told' }),
});
const parse = (...argv: string[]): unknown => settings.parse({ flags: readFlags(settings, argv) });

it('gives flags as the settings take them', () => {
  expect(parse()).toEqual({ listen: 'here', mostJobs: 4, insecure: false, reflection: true });
  expect(parse('--listen', '0.0.0.0:1', '--most-jobs=7', '--insecure', '--no-reflection')).toEqual({
    listen: '0.0.0.0:1',
    mostJobs: 7,
    insecure: true,
    reflection: false,
  });
});

it.each([['--lisen'], ['--listen'], ['film.mp4'], ['--insecure=yes']])('refuses %s in plain words', (word) => {
  expect(() => readFlags(settings, [word])).toThrow(expect.objectContaining({ name: 'ConfigError', code: 'BAD_SETTINGS' })); // prettier-ignore
});

it('has a help of every flag', () => {
  const help = flagsHelp(settings);
  for (const { flags } of settings.options()) expect(help).toContain(flags);
  expect(help).toContain('default: here, LISTEN');
});
