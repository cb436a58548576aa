import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { LineChild } from '../line-child.js';
import { builtFile, cacheFolder, PEERS } from '../paths.js';
import { checkAgreement } from './agreement.js';

const python = path.join(cacheFolder(), 'bench-venv/bin/python');
const engine = builtFile('generator/engine-process');
const missing = [python, engine].filter((file) => !existsSync(file));

/** Only where the bench was run before: a test does not fetch ONNX Runtime. */
test.skipIf(missing.length > 0)('the ONNX graph is the same function as our engine, at an odd shape too', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-spec-'));
  const size = ['36', '52'];
  const children: LineChild[] = [];
  try {
    for (const [name, command, ...args] of [
      ['Our engine', process.execPath, engine, folder, ...size, '4'],
      ['ONNX Runtime', python, '-B', path.join(PEERS, 'onnx_peer.py'), folder, ...size, '1'],
    ] as [string, string, ...string[]][]) {
      children.push((await LineChild.start(name, command, args)).child);
    }
    const [ours, peer] = children as [LineChild, LineChild];
    expect(await checkAgreement([ours, peer], 36 * 52, folder)).toBeLessThan(1e-4);
    expect((await ours.request({ do: 'time', frames: 3 }))['ms']).toHaveLength(3);
    expect((await peer.request({ do: 'time', frames: 3 }))['ms']).toHaveLength(3);
  } finally {
    await Promise.all(children.map((child) => child.close()));
    await rm(folder, { recursive: true });
  }
});
