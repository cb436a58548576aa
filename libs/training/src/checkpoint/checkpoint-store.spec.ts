import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';
import { CheckpointStore, type Checkpoint, type CheckpointState, type TensorGroups } from './checkpoint-store.js';

const root = scratchDir();
let stores = 0;
const fresh = (keep = 3): { store: CheckpointStore; folder: string } => {
  const folder = path.join(root, `run-${(stores += 1)}`, 'checkpoints');
  return { store: new CheckpointStore(folder, keep), folder };
};

const state = (step: number, bestScore: number | null = null): CheckpointState => ({
  basis: { losses: { chroma: 0.5 }, stages: [{ size: 64 }], pool: null },
  position: { step, stage: 1, epoch: 2, batch: 3 },
  bestScore,
});

/** Numbers that tell which checkpoint they are of, some of them hard to store; one is a part of a larger array. */
const tensors = (step: number): TensorGroups => ({
  generator: [
    { shape: [2, 3], values: Float32Array.of(step, -0, 1e-45, NaN, Infinity, 0.1) },
    { shape: [], values: Float32Array.of(0, step + 0.5, 0).subarray(1, 2) },
  ],
  'keepsake.pool': [{ shape: [0], values: new Float32Array() }],
  average: [{ shape: [1000], values: Float32Array.from({ length: 1000 }, (_, i) => Math.sin(step + i)) }],
});

async function newest(
  store: CheckpointStore,
): Promise<{ found: Checkpoint | undefined; damaged: string[]; reasons: string[] }> {
  const [damaged, reasons]: [string[], string[]] = [[], []];
  const found = await store.newest((folder, reason) => {
    damaged.push(path.basename(folder));
    reasons.push(reason);
  });
  return { found, damaged, reasons };
}

const saved = async (steps: readonly number[], keep = 3): Promise<ReturnType<typeof fresh>> => {
  const made = fresh(keep);
  for (const step of steps) await made.store.save(state(step), tensors(step));
  return made;
};

describe('CheckpointStore', () => {
  it('gives back what was saved, bit by bit', async () => {
    const { store } = fresh();
    await store.save(state(7, 1.25), tensors(7));
    const { found, damaged } = await newest(store);
    expect(damaged).toEqual([]);
    expect(found).toEqual({ ...state(7, 1.25), groups: tensors(7) });
    expect(Object.is(found!.groups['generator']![0]!.values[1], -0)).toBe(true);
    expect(found!.groups['generator']![1]!.values).toEqual(Float32Array.of(7.5));
  });

  it('gives the newest by its number, and keeps as many as it was told', async () => {
    const { store, folder } = await saved([9, 10, 100_000_000, 99_999_999]);
    expect((await newest(store)).found).toMatchObject(state(100_000_000));
    expect((await readdir(folder)).sort()).toEqual(['step-00000010', 'step-100000000', 'step-99999999']);
    await new CheckpointStore(folder, 1).save(state(100_000_001), tensors(1));
    expect(await readdir(folder)).toEqual(['step-100000001']);
  });

  it('reads those of format 1, which hold a hash of what a run depends on, and of format 2', async () => {
    const { store, folder } = await saved([4]);
    const file = path.join(folder, 'step-00000004', 'state.json');
    const { basis, ...rest } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(basis).toEqual(state(4).basis);
    await writeFile(file, JSON.stringify({ ...rest, format: 1, configSha256: 'abc' }));
    expect((await newest(store)).found).toEqual({ ...state(4), basis: 'abc', groups: tensors(4) });
    await writeFile(file, JSON.stringify({ ...rest, format: 2, basis }));
    expect((await newest(store)).found).toEqual({ ...state(4), groups: tensors(4) });
    await writeFile(file, JSON.stringify({ ...rest, format: 4, basis }));
    expect((await newest(store)).found).toBeUndefined();
  });

  it('replaces a checkpoint of the same step', async () => {
    const { store, folder } = await saved([5], 1);
    await store.save(state(5, 3), tensors(6));
    expect(await readdir(folder)).toEqual(['step-00000005']);
    expect((await newest(store)).found).toEqual({ ...state(5, 3), groups: tensors(6) });
  });

  it.each<[string, (folder: string) => Promise<void>, RegExp]>([
    ['whose numbers are cut off', (at) => truncate(path.join(at, 'tensors.bin'), 1000), /truncated or damaged/],
    ['whose numbers are empty', (at) => truncate(path.join(at, 'tensors.bin'), 0), /truncated or damaged/],
    ['with one bit wrong', async (at) => {
      const file = path.join(at, 'tensors.bin');
      const bytes = await readFile(file);
      bytes[50]! ^= 4;
      await writeFile(file, bytes);
    }, /truncated or damaged/],
    ['without numbers', (at) => rm(path.join(at, 'tensors.bin')), /tensors\.bin/],
    ['whose state is cut off', (at) => truncate(path.join(at, 'state.json'), 40), /JSON/],
    ['whose state lacks something', (at) => writeFile(path.join(at, 'state.json'), '{"format":1}'), /position/],
    ['whose state is empty', (at) => writeFile(path.join(at, 'state.json'), '{}'), /^state\.json is no state of a checkpoint \([^\n]*format[^\n]*\)$/],
    ['whose state is no object', (at) => writeFile(path.join(at, 'state.json'), 'null'), /^state\.json is no state/],
    ['whose state was changed', async (at) => {
      const text = await readFile(path.join(at, 'state.json'), 'utf8');
      await writeFile(path.join(at, 'state.json'), text.replace('"epoch":2', '"epoch":7'));
    }, /changed/],
    ['whose best score was changed', async (at) => {
      const text = await readFile(path.join(at, 'state.json'), 'utf8');
      await writeFile(path.join(at, 'state.json'), text.replace('"bestScore":null', '"bestScore":999'));
    }, /changed/],
    ['without a state', (at) => rm(path.join(at, 'state.json')), /state\.json/],
  ])('passes over a checkpoint %s, and tells', async (_, damage, words) => {
    const { store, folder } = await saved([1, 2, 3]);
    await damage(path.join(folder, 'step-00000003'));
    const { found, damaged, reasons } = await newest(store);
    expect(found).toEqual({ ...state(2), groups: tensors(2) });
    expect(damaged).toEqual(['step-00000003']);
    expect(reasons[0]).toMatch(words);
  }); // prettier-ignore

  it('tells of each when none is whole', async () => {
    const { store, folder } = await saved([1, 2]);
    for (const name of await readdir(folder)) await truncate(path.join(folder, name, 'tensors.bin'), 8);
    const { found, damaged } = await newest(store);
    expect(found).toBeUndefined();
    expect(damaged).toEqual(['step-00000002', 'step-00000001']);
    expect(await store.any()).toBe(true);
  });

  it('goes on over a damaged one', async () => {
    const { store, folder } = await saved([1, 2]);
    await truncate(path.join(folder, 'step-00000002', 'tensors.bin'), 8);
    await store.save(state(2), tensors(20));
    expect(await newest(store)).toMatchObject({ found: { groups: tensors(20) }, damaged: [] });
  });

  it('finds nothing where nothing was saved', async () => {
    const { store, folder } = fresh();
    expect(await newest(store)).toEqual({ found: undefined, damaged: [], reasons: [] });
    await mkdir(folder, { recursive: true });
    expect((await newest(store)).found).toBeUndefined();
    expect(await store.any()).toBe(false);
  });

  it('does not look at what was being written when a run was killed, nor at other files', async () => {
    const { store, folder } = await saved([1, 2]);
    await mkdir(path.join(folder, '.step-00000009.writing'));
    const beside = path.join(folder, '.step-00000002.writing');
    await rename(path.join(folder, 'step-00000002'), beside);
    await mkdir(path.join(folder, 'step-3.copy'));
    await writeFile(path.join(folder, 'notes'), 'mine');
    expect(await newest(store)).toMatchObject({ found: state(1), damaged: [] });
    await writeFile(path.join(beside, 'left-over'), '');
    await store.save(state(2), tensors(2));
    expect(await newest(store)).toMatchObject({ found: state(2), damaged: [] });
    expect((await readdir(path.join(folder, 'step-00000002'))).sort()).toEqual(['state.json', 'tensors.bin']);
    expect((await readdir(folder)).sort()).toEqual(['notes', 'step-00000001', 'step-00000002', 'step-3.copy']);
  });

  it('names the checkpoint and leaves nothing half where the disk is full (skipped where none can be mounted)', async ({
    skip,
  }) => {
    const { store, folder } = fresh();
    await mkdir(folder, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
    if (!mounted) return skip('no right to mount a small file system');
    try {
      await store.save(state(1), tensors(1));
      const much: TensorGroups = { all: [{ shape: [50_000], values: new Float32Array(50_000).fill(1) }] };
      await expect(store.save(state(2), much)).rejects.toMatchObject({
        code: 'WRITE_FAILED',
        message: expect.stringMatching(/step-00000002 cannot be written: ENOSPC.*Make room/) as string,
        cause: { code: 'ENOSPC' },
      });
      expect(await readdir(folder)).toEqual(['step-00000001']);
      expect((await newest(store)).found).toMatchObject(state(1));
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it('fails where the folder cannot be read or written: that is no run without checkpoints', async () => {
    const { store, folder } = fresh();
    await mkdir(path.dirname(folder), { recursive: true });
    await writeFile(folder, 'a file');
    await expect(newest(store)).rejects.toThrow('ENOTDIR');
    await expect(store.any()).rejects.toThrow('ENOTDIR');
    await expect(store.save(state(1), tensors(1))).rejects.toMatchObject({ code: 'WRITE_FAILED', message: expect.stringMatching(/step-00000001 cannot be written: EEXIST/) as string }); // prettier-ignore
  });
});
