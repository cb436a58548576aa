import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { colorizeSettings } from './colorize-settings.js';
import { serveSettings } from './serve-settings.js';
import { submitSettings } from './submit-settings.js';

/** Tables are compared by their words: the formatter decides on the spaces. */
const words = (text: string): string => text.replaceAll(/[\s|-]+/g, ' ').trim();

describe('the README', () => {
  it('has the settings as the code has them', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const table = /<!-- settings[^>]*-->([^]*?)<!-- \/settings -->/.exec(readme)?.[1] ?? '';
    expect(words(table)).toBe(words(colorizeSettings.markdown()));
  });

  it('has the settings of serve, too', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const table = /<!-- serve settings[^>]*-->([^]*?)<!-- \/serve settings -->/.exec(readme)?.[1] ?? '';
    // Its folder is in the user's home.
    expect(words(table)).toBe(
      words(serveSettings.markdown().replace(/`[^`]*\/serve`/, '`~/.cache/kinemacolor/serve`')),
    );
  });

  it('has the settings of submit, too', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const table = /<!-- submit settings[^>]*-->([^]*?)<!-- \/submit settings -->/.exec(readme)?.[1] ?? '';
    expect(words(table)).toBe(words(submitSettings.markdown()));
  });
});
