import { readFile } from 'node:fs/promises';

/** A settings table of a README, between `<!-- NAME … -->` and `<!-- /NAME -->`; empty when it has none. */
export async function readmeSettings(readme: URL, name = 'settings'): Promise<string> {
  const text = await readFile(readme, 'utf8');
  return new RegExp(`<!-- ${name}[^>]*-->([^]*?)<!-- /${name} -->`).exec(text)?.[1] ?? '';
}

/** The words of a table: the formatter decides on its spaces and lines. */
export const tableWords = (table: string): string => table.replaceAll(/[\s|-]+/g, ' ').trim();
