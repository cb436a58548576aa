import { readFileSync } from 'node:fs';

import { Command } from 'commander';
import { expect, it } from 'vitest';
import { z } from 'zod';

import { defineSettings, readNumber, setting } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

function run(argv: string[], env: NodeJS.ProcessEnv): { renderSize: number; device: string } {
  const process = { argv: ['node', 'kinemacolor', ...argv], env };
  // snippet
  const settings = defineSettings({
    renderSize: setting(readNumber(z.number().int().min(16).default(256)), {
      flag: '--render-size <pixels>',
      env: 'KINEMACOLOR_RENDER_SIZE',
      describe: 'Short side at which the generator sees a picture',
      unit: 'pixels',
    }),
    device: setting(z.enum(['cpu', 'gpu', 'auto']).default('auto'), {
      flag: '--device <name>',
      env: 'KINEMACOLOR_DEVICE',
      describe: 'What the generator runs on: cpu, gpu or auto',
    }),
  });

  const command = new Command('kinemacolor');
  for (const { flags, description } of settings.options()) command.option(flags, description);
  command.parse(process.argv);

  const { renderSize, device } = settings.parse({ flags: command.opts(), env: process.env });
  // end of snippet
  shownTable = settings.markdown();
  return { renderSize, device };
}
let shownTable = '';

it('the snippet of the README runs, with commander', () => {
  expect(run([], {})).toEqual({ renderSize: 256, device: 'auto' });
  const env = { KINEMACOLOR_RENDER_SIZE: '128', KINEMACOLOR_DEVICE: 'cpu' };
  expect(run(['--render-size', '64'], env)).toEqual({ renderSize: 64, device: 'cpu' });
  expect(() => run(['--render-size', '8'], {})).toThrow('--render-size 8 (or KINEMACOLOR_RENDER_SIZE): too small');
});

it('the README shows the message of a bad run', () => {
  const [, , , message] = read('../README.md').split(/^```(?:ts)?\n/m);
  expect(message).toMatch(/^2 settings/);
  expect(() => run(['--render-size', 'big'], { KINEMACOLOR_DEVICE: 'tpu' })).toThrow(message!.trimEnd());
});

it('the README shows that snippet and its table', () => {
  run([], {});
  const [, snippet] = read('./readme.spec.ts').split(/^ *\/\/ (?:end of )?snippet\n/m);
  const readme = read('../README.md');
  expect(readme.split(/^```(?:ts)?\n/m)[1]).toBe(snippet?.replaceAll(/^ {2}/gm, ''));
  const cells = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
  expect(cells(readme)).toContain(cells(shownTable));
});
