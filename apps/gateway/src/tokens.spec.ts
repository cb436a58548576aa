import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openLog } from '@kinemacolor/lifecycle';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { openTokens, parseTokens } from './tokens.js';

const hash = (token: string): string => createHash('sha256').update(token).digest('hex');
const log = openLog('gateway', 'silent');

it('a file of tokens is read, with its comments', () => {
  const text = `# the tokens\n\nalice ${hash('a')}\n  bob\t${hash('b').toUpperCase()} 3  \n`;
  expect(parseTokens('f', text)).toMatchObject([
    { name: 'alice', mostJobs: undefined },
    { name: 'bob', mostJobs: 3 },
  ]);
});

it.each([
  `alice secret`,
  `alice`,
  `alice ${'0'.repeat(63)}`,
  `alice ${hash('a')} 0`,
  `alice ${hash('a')} many`,
  `al/ice ${hash('a')}`,
  `alice ${hash('a')}\nalice ${hash('b')}`,
])('the line is refused without being told: %s', (text) => {
  expect(() => parseTokens('tokens', text)).toThrow(/^tokens:[12]: /);
  expect(() => parseTokens('tokens', text)).not.toThrow(/secret|many/);
});

it('a file that changes is read again, and a damaged one is not', async () => {
  const folder = scratchDir();
  const file = path.join(folder, 'tokens');
  await writeFile(file, `alice ${hash('one')} 5\n`);
  const tokens = await openTokens(file, log, 50);
  try {
    expect(tokens.find('one')).toMatchObject({ name: 'alice', mostJobs: 5 });
    expect([tokens.find('two'), tokens.find(''), tokens.find(hash('one'))]).toEqual([undefined, undefined, undefined]);
    await writeFile(file, `alice ${hash('two')}\nbob ${hash('three')}\n`);
    await expect.poll(() => tokens.find('two')?.name).toBe('alice');
    expect([tokens.find('one'), tokens.find('three')?.name]).toEqual([undefined, 'bob']);
    // In one step: an empty file, as it is for a moment while it is written, would be tokens as well.
    await writeFile(path.join(folder, 'damaged'), 'alice\n');
    await rename(path.join(folder, 'damaged'), file);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(tokens.find('two')?.name).toBe('alice');
    // As Kubernetes replaces it.
    await writeFile(path.join(folder, 'next'), `carol ${hash('four')}\n`);
    await rename(path.join(folder, 'next'), file);
    await expect.poll(() => tokens.find('four')?.name).toBe('carol');
  } finally {
    tokens.close();
  }
});
