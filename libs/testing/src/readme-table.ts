import { readFile } from 'node:fs/promises';

/** The settings table of a README, between `<!-- settings … -->` and `<!-- /settings -->`; empty when it has none. */
export async function readmeSettings(readme: URL): Promise<string> {
  return /<!-- settings[^>]*-->([^]*?)<!-- \/settings -->/.exec(await readFile(readme, 'utf8'))?.[1] ?? '';
}

/** The words of a table: the formatter decides on its spaces and lines. */
export const tableWords = (table: string): string => table.replaceAll(/[\s|-]+/g, ' ').trim();
