import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadBackend } from '@kinemacolor/tensor';
import { peerInterpreter } from '../peer-venv.js';
import { builtFile } from '../paths.js';
import { Sides } from '../sides.js';
import { checkLosses, firstLosses } from '../step/same-training.js';
import { EAGER, OURS, ourSide, torchSides } from '../step/step-sides.js';
import { writeCyclePictures } from './cycle-pictures.js';
import { LOSS_BOUNDS } from './loss-bounds.js';
import { buildNetworks, writeNetworks } from './networks.js';
import { STEP_FILE } from './step-file.js';

const [WIDTH, SIZE, STEPS] = [4, 64, 3];
const TORCH = 'torch fp32 contiguous eager';
/** Starting PyTorch takes half a minute on a machine that is busy with other tests. */
const PATIENCE_MS = 240_000;

let folder: string;
let sides: Sides;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bench-spec-'));
  sides = new Sides();
  await loadBackend('cpu');
  const networks = buildNetworks(WIDTH);
  await writeNetworks(folder, networks);
  for (const model of Object.values(networks)) model.dispose();
  await writeCyclePictures(folder, SIZE);
});
afterEach(async () => {
  await sides.close();
  await rm(folder, { recursive: true });
});

/** Only what was built, and the peer only where the bench was run before: a test does not fetch it. */
test.skipIf(!existsSync(builtFile(STEP_FILE)))(
  "the trainer's compiled step is that of plain tfjs, from the same weights each time; other weights are told",
  async () => {
    await sides.start(ourSide(STEP_FILE, [folder, WIDTH, SIZE], 'eager'));
    const reference = await firstLosses(sides, EAGER, STEPS);
    await sides.start(ourSide(STEP_FILE, [folder, WIDTH, SIZE], 'compiled'));
    const apart = await checkLosses(sides, reference, LOSS_BOUNDS);
    expect(apart).toMatchObject({ [EAGER]: 0 });
    expect(apart[OURS]).toBeLessThan(0.1);
    expect((await checkLosses(sides, reference, LOSS_BOUNDS))[OURS]).toBe(apart[OURS]);
    const { ms } = await sides.request(OURS, { do: 'time', steps: 1 });
    expect(ms).toBeGreaterThan(0);
    const wrong = reference.map((losses) => ({ ...losses, generator: losses['generator']! * 1.06 }));
    await expect(checkLosses(sides, wrong, LOSS_BOUNDS)).rejects.toThrow('does other work');
  },
  PATIENCE_MS,
);

test.skipIf(![builtFile(STEP_FILE), peerInterpreter('torch')].every(existsSync))(
  "PyTorch's step in fp32 is ours",
  async () => {
    await sides.start(ourSide(STEP_FILE, [folder, WIDTH, SIZE], 'eager'));
    const reference = await firstLosses(sides, EAGER, STEPS);
    const peers = torchSides(peerInterpreter('torch'), 'torch_cyclegan_peer.py', { folder, size: SIZE, cores: 1 });
    await sides.start(peers.find(({ name }) => name === TORCH)!);
    const [first, ...later] = await firstLosses(sides, TORCH, STEPS);
    for (const [loss, value] of Object.entries(first!)) expect(value / reference[0]![loss]! - 1).toBeCloseTo(0, 5);
    expect(later).toHaveLength(STEPS - 1);
    expect((await checkLosses(sides, reference, LOSS_BOUNDS))[TORCH]).toBeLessThan(0.02);
  },
  PATIENCE_MS,
);
