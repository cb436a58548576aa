import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/kinemacolor-train.js', import.meta.url));

const started = (...args: string[]): { code: number | null; stderr: string } => {
  const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8' });
  return { code: status, stderr };
};

describe('kinemacolor-train', () => {
  it.each([
    ['a flag that there is not', ['config.json', '--foo'], /--foo/],
    ['a flag without its value', ['config.json', '--stages'], /--stages/],
    ['nothing', [], /^usage:/],
    ['two configs', ['one.json', 'two.json'], /^usage:/],
    ['a config that is not there', ['/nowhere/config.json'], /\/nowhere\/config\.json cannot be read/],
  ])('ends with 2 where it is given %s: trying again cures nothing', (_, args, words) => {
    const { code, stderr } = started(...args);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });
});
