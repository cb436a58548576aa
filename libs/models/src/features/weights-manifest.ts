import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { ModelError } from '../model-error.js';
import { checkDigest, digestOfDigests, readSums, reasonOf, sha256Of } from './sha256.js';
import type { WeightTensor, WeightTensors } from './weight-tensors.js';

export const MANIFEST = 'model.json';

interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
}

/** The weights of a stored tfjs model, and what {@link digestOfDigests} makes of the files that they came from. */
export interface ManifestWeights {
  readonly tensors: WeightTensors;
  readonly sha256: string;
}

/**
 * Reads the weights of a folder in TensorFlow.js's form: `model.json` with a `weightsManifest`, and raw little-endian
 * float32 beside it. Every file that is read is compared with the folder's `SHA256SUMS`, where there is one.
 *
 * @throws ModelError `NOT_FOUND`, `CORRUPT` (no manifest, a file cut short, or not what `SHA256SUMS` says),
 * `UNSUPPORTED` (weights of another type than float32)
 */
export async function readManifestWeights(folder: string): Promise<ManifestWeights> {
  const sums = await readSums(folder);
  const digests = new Map<string, string>();
  const part = async (name: string): Promise<Buffer> => {
    const file = path.join(folder, name);
    const digest = await sha256Of(file);
    const wanted = sums.get(name);
    if (wanted !== undefined) checkDigest(file, digest, wanted);
    digests.set(name, digest);
    return readFile(file);
  };
  const tensors = new Map<string, WeightTensor>();
  for (const { paths, weights } of groupsOf(path.join(folder, MANIFEST), await part(MANIFEST))) {
    const parts: Buffer[] = [];
    for (const name of paths) parts.push(await part(name));
    const names = paths.map((name) => path.join(folder, name)).join(', ');
    for (const [name, tensor] of cut(names, Buffer.concat(parts), weights)) tensors.set(name, tensor);
  }
  return { tensors, sha256: digestOfDigests(digests) };
}

function groupsOf(file: string, bytes: Buffer): readonly ManifestGroup[] {
  let stored: unknown;
  try {
    stored = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ModelError('CORRUPT', `${file} is not JSON (${reasonOf(error)}).`, { cause: error });
  }
  const groups: unknown = (stored as { weightsManifest?: unknown } | null)?.weightsManifest;
  if (!Array.isArray(groups) || !groups.every(isGroup)) {
    throw new ModelError('CORRUPT', `${file} has no weights manifest: give the folder of a TensorFlow.js model.`);
  }
  return groups;
}

function isGroup(group: unknown): group is ManifestGroup {
  const { paths, weights } = (group ?? {}) as Partial<Record<keyof ManifestGroup, unknown>>;
  return (
    Array.isArray(paths) &&
    // A manifest has no business outside its folder.
    paths.every((name) => typeof name === 'string' && name !== '' && path.basename(name) === name) &&
    Array.isArray(weights) &&
    weights.every((weight: unknown) => {
      const { name, shape, dtype } = (weight ?? {}) as Record<string, unknown>;
      return typeof name === 'string' && typeof dtype === 'string' && isShape(shape);
    })
  );
}

function isShape(shape: unknown): boolean {
  return Array.isArray(shape) && shape.every((side) => Number.isInteger(side) && side >= 0);
}

function cut(files: string, bytes: Buffer, weights: ManifestGroup['weights']): [string, WeightTensor][] {
  const sizes = weights.map(({ shape }) => shape.reduce((product, side) => product * side, 1));
  const foreign = weights.find((weight) => weight.dtype !== 'float32' || 'quantization' in weight);
  if (foreign !== undefined) {
    throw new ModelError('UNSUPPORTED', `${files}: ${foreign.name} is not plain float32, which alone is read here.`);
  }
  const whole = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== whole) {
    throw new ModelError(
      'CORRUPT',
      `${files}: ${bytes.length} bytes where ${whole} belong: cut short, or of another model. Fetch it again.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  return weights.map(({ name, shape }, index) => {
    const offset = start;
    start += 4 * sizes[index]!;
    const data = Float32Array.from({ length: sizes[index]! }, (_, i) => view.getFloat32(offset + 4 * i, true));
    return [name, { shape, data }];
  });
}
