import { readFile, stat } from 'node:fs/promises';

import { ModelError } from '../model-error.js';
import { isLegacyForm, openLegacyForm } from './legacy-form.js';
import { type RawCheckpoint } from './raw-checkpoint.js';
import { stateDict, type Checkpoint } from './state-dict.js';
import { withSource } from './with-source.js';
import { isZipForm, openZipForm } from './zip-form.js';

/** Far above any CycleGAN (a generator has 45 MB), and what Node reads in one piece. */
const largestFileBytes = 2 ** 31 - 1;

/**
 * Reads a state dict that `torch.save` wrote, in the zip form (PyTorch 1.6 and later) or the older one, without Python.
 * Nothing in the file is run: any object but tensors in dictionaries is refused by its name.
 *
 * The state dict may lie under a top-level `state_dict`, and `module.` in front of every key (DataParallel) is taken off.
 * All elements become 32-bit floats (float64 and int64 are rounded); strides and offsets are resolved, so that `data` is
 * row-major in `shape`.
 *
 * @param source a path, or the file's bytes
 * @throws ModelError `NOT_FOUND` (no such file), `CORRUPT` (not a checkpoint, or cut short), `UNSUPPORTED` (refused)
 */
export async function readCheckpoint(source: string | Uint8Array): Promise<Checkpoint> {
  if (typeof source !== 'string') return decodeCheckpoint(source);
  const bytes = await load(source);
  return withSource(source, () => decodeCheckpoint(bytes));
}

function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  return stateDict(open(bytes));
}

function open(bytes: Uint8Array): RawCheckpoint {
  if (isZipForm(bytes)) return openZipForm(bytes);
  if (isLegacyForm(bytes)) return openLegacyForm(bytes);
  const found = bytes.length === 0 ? 'the file is empty' : 'it starts like neither form that torch.save writes';
  throw new ModelError('CORRUPT', `not a PyTorch checkpoint: ${found}`);
}

async function load(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > largestFileBytes) {
      throw new ModelError('UNSUPPORTED', `${path}: ${size} bytes are more than a generator's checkpoint can have`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError('NOT_FOUND', `${path}: cannot be read (${reason}); give the path of a .pth file`, {
      cause: error,
    });
  }
}
