import { readmeSettings, tableWords } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { colorizeSettings } from './colorize-settings.js';
import { serveSettings } from './serve-settings.js';
import { submitSettings } from './submit-settings.js';

const table = (name: string): Promise<string> => readmeSettings(new URL('../README.md', import.meta.url), name);

it.each([
  ['settings', colorizeSettings.markdown()],
  ['submit settings', submitSettings.markdown()],
  // Its folder is in the user's home.
  ['serve settings', serveSettings.markdown().replace(/`[^`]*\/serve`/, '`~/.cache/kinemacolor/serve`')],
])('has the %s in its README as the code has them', async (name, markdown) => {
  expect(tableWords(await table(name))).toBe(tableWords(markdown));
});
