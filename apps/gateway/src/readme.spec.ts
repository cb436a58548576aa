import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { gatewaySettings } from './config.js';

/** Tables are compared by their words: the formatter decides on the spaces. */
const words = (text: string): string => text.replaceAll(/[\s|-]+/g, ' ').trim();

it('the README has the settings as the code has them', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const table = /<!-- settings[^>]*-->([^]*?)<!-- \/settings -->/.exec(readme)?.[1] ?? '';
  expect(words(table)).toBe(words(gatewaySettings.markdown()));
});
