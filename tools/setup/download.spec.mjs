import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { requirementLine, verifyHash, withScratch } from './download.mjs';
import * as versions from './versions.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinemacolor-download-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('verifyHash', () => {
  test('takes the pinned file and refuses one that differs in a byte', async () => {
    const file = join(folder, 'a.whl');
    const content = Buffer.from('the right content');
    await writeFile(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const sha512 = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    await verifyHash(file, sha256);
    await verifyHash(file, sha512);
    content[3] ^= 1;
    await writeFile(file, content);
    const refused = { code: 'integrity', message: expect.stringContaining('a.whl') };
    await expect(verifyHash(file, sha256)).rejects.toMatchObject(refused);
    await expect(verifyHash(file, sha512)).rejects.toMatchObject(refused);
  });
});

describe('withScratch', () => {
  test('leaves nothing of a download that failed', async () => {
    const failing = withScratch(folder, async (scratch) => {
      await writeFile(join(scratch, 'half.whl'), 'half');
      throw new Error('the line broke');
    });
    await expect(failing).rejects.toThrow('the line broke');
    await expect(stat(join(folder, 'scratch'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the pins', () => {
  test('every download has a hash of the right form', () => {
    const { LIBTENSORFLOW_CPU, LIBTENSORFLOW_GPU, STATIC_FFMPEG, STATIC_FFPROBE, TFJS_NODE_GPU } = versions;
    const wheels = [LIBTENSORFLOW_CPU.x64, LIBTENSORFLOW_CPU.arm64, STATIC_FFMPEG.x64, STATIC_FFMPEG.arm64];
    for (const { sha256 } of wheels) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const [name, sha256] of Object.entries(LIBTENSORFLOW_GPU.requirements)) {
      expect(requirementLine(name, sha256)).toMatch(/^[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}\n$/);
    }
    for (const { spec, integrity } of [STATIC_FFPROBE.x64, STATIC_FFPROBE.arm64, TFJS_NODE_GPU]) {
      expect(spec).toMatch(/@\d+\.\d+\.\d+$/);
      expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    }
  });

  test('tfjs is pinned as in the lockfile', async () => {
    const lock = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8'));
    expect(lock.packages['node_modules/@tensorflow/tfjs-node'].version).toBe(versions.TFJS_VERSION);
  });
});
