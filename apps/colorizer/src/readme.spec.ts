import { readmeSettings, tableWords } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { colorizerSettings } from './config.js';

it('has the settings in its README as the code has them', async () => {
  const table = await readmeSettings(new URL('../README.md', import.meta.url));
  expect(tableWords(table)).toBe(tableWords(colorizerSettings.markdown()));
});
