import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildGenerator, GENERATOR_PRESETS, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import { builtFile } from '../paths.js';
import { peerInterpreter } from '../peer-venv.js';
import { Sides } from '../sides.js';
import { BF16, checkAgreement } from './agreement.js';
import { BOUNDS, EAGER, EAGER_PEER, generatorSides, ONNX_PEER } from './generator-sides.js';

const pythons = { onnx: peerInterpreter('onnx'), torch: peerInterpreter('torch') };
const present = (python: string): boolean => [python, builtFile('generator/engine-process')].every(existsSync);
const peers = [present(pythons.onnx) ? [ONNX_PEER] : [], present(pythons.torch) ? [EAGER_PEER] : []].flat();
const size = { height: 36, width: 52 };

async function saveRandomModel(folder: string, seed: number): Promise<void> {
  await loadBackend('cpu');
  const config = { ...GENERATOR_PRESETS.fast, width: 4 };
  const model = buildGenerator(config, seed);
  await saveModel(model, folder, { name: 'random', version: '1', config, renderSize: 36 });
  model.dispose();
}

/** Starting PyTorch takes half a minute on a machine that is busy with other tests. */
const PATIENCE_MS = 240_000;

/** Only the peers that the bench was run with before: a test does not fetch them. */
test.skipIf(peers.length === 0)(
  'peers are the same function as our engine, at an odd shape too',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'bench-spec-'));
    const sides = new Sides();
    try {
      await saveRandomModel(folder, 1);
      for (const side of generatorSides(pythons, { folder, ...size, cores: 1 })) {
        if ([EAGER, ...peers].includes(side.name)) await sides.start(side);
      }
      const picture = Float32Array.from({ length: size.height * size.width }, (_, i) => Math.sin(i * 0.1));
      const bounds = Object.fromEntries(peers.map((name) => [name, BOUNDS[name]!]));
      const differences = await checkAgreement(sides, EAGER, bounds, picture, folder);
      expect(Object.keys(differences)).toEqual(peers);
      if (peers.includes(ONNX_PEER)) expect(differences[ONNX_PEER]!.largest).toBeLessThan(1e-4);

      const times = await sides.takeTurns(1, { frames: 3 });
      expect(Object.keys(times).sort()).toEqual([EAGER, ...peers].sort());
      for (const ms of Object.values(times)) expect(ms).toBeGreaterThan(0);

      // With other weights it is another function, and bf16's wide bound must see that too.
      await saveRandomModel(folder, 2);
      const eager = generatorSides(pythons, { folder, ...size, cores: 1 }).find(({ name }) => name === EAGER)!;
      await sides.start({ ...eager, name: 'other weights' });
      await expect(checkAgreement(sides, EAGER, { 'other weights': BF16 }, picture, folder)).rejects.toThrow(
        'differ by',
      );
    } finally {
      await sides.close();
      await rm(folder, { recursive: true });
    }
  },
  PATIENCE_MS,
);
