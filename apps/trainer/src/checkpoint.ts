import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';

/** What a run needs to go on where it stopped, besides tensors. */
export interface RunState {
  readonly step: number;
  readonly random: readonly number[];
  readonly bestScore: number;
}

interface Manifest extends RunState {
  readonly tensors: readonly {
    readonly group: string;
    readonly shape: number[];
    readonly offset: number;
    readonly length: number;
  }[];
}

/** Groups of float tensors by name, in a fixed order. */
export type TensorGroups = Readonly<Record<string, readonly tf.Tensor[]>>;

/** Writes `folder/state.json` and `folder/tensors.bin` beside and renames, so that a half-written one is never read. */
export async function saveCheckpoint(folder: string, state: RunState, groups: TensorGroups): Promise<void> {
  const chunks: Float32Array[] = [];
  const tensors: Manifest['tensors'][number][] = [];
  let offset = 0;
  for (const [group, list] of Object.entries(groups)) {
    for (const tensor of list) {
      const values = (await tensor.data()) as Float32Array;
      tensors.push({ group, shape: [...tensor.shape], offset, length: values.length });
      chunks.push(Float32Array.from(values));
      offset += values.length;
    }
  }
  const beside = `${folder}.writing`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  await writeFile(path.join(beside, 'tensors.bin'), Buffer.concat(chunks.map((c) => Buffer.from(c.buffer))));
  const manifest: Manifest = { ...state, tensors };
  await writeFile(path.join(beside, 'state.json'), JSON.stringify(manifest));
  await rm(`${folder}.before`, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, `${folder}.before`);
  await rename(beside, folder);
  await rm(`${folder}.before`, { recursive: true, force: true });
}

/** Reads a checkpoint; undefined when the folder holds none. The caller owns the tensors. */
export async function readCheckpoint(
  folder: string,
): Promise<{ state: RunState; groups: Record<string, tf.Tensor[]> } | undefined> {
  // A crash between the two renames leaves the whole one under the other name.
  const found = [folder, `${folder}.before`].find((candidate) => existsSync(path.join(candidate, 'state.json')));
  if (found === undefined) return undefined;
  const { tensors, ...state } = JSON.parse(await readFile(path.join(found, 'state.json'), 'utf8')) as Manifest;
  const bytes = await readFile(path.join(found, 'tensors.bin'));
  const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const groups: Record<string, tf.Tensor[]> = {};
  for (const { group, shape, offset, length } of tensors) {
    (groups[group] ??= []).push(tf.tensor(floats.slice(offset, offset + length), shape));
  }
  return { state, groups };
}
