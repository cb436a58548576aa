import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BENCHES, parseOptions } from './options.js';
import { ROOT } from './paths.js';

const readme = readFileSync(path.join(ROOT, 'tools/bench/README.md'), 'utf8');
const commands = [...readme.matchAll(/^npm run bench(?: -- ([^#\n]*?))?\s*(?:#.*)?$/gm)].map(([, words = '']) =>
  words.trim(),
);

test('every command in the README is one that the bench takes', () => {
  expect(commands.length).toBeGreaterThanOrEqual(4);
  for (const words of commands)
    expect(parseOptions(words === '' ? [] : words.split(/\s+/)).benches).not.toHaveLength(0);
  expect(parseOptions(commands[2]!.split(/\s+/))).toMatchObject({ benches: ['generator'], width: 32 });
});

test('every bench has a row in the README', () => {
  for (const name of BENCHES) expect(readme).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
});
