import { unzipSync, type UnzipFileInfo } from 'fflate';

import { CheckpointError } from './checkpoint-error.js';
import { type PickleValue } from './pickle-value.js';
import { bytesOf, decodeElements, type Storage } from './storage.js';
import { tensorHost } from './tensor-host.js';
import { unpickle } from './unpickle.js';

/** The pickled value of a checkpoint, and a way to its numbers. */
export interface RawCheckpoint {
  readonly value: PickleValue;
  /** All elements of a storage, as 32-bit floats. */
  elements(storage: Storage): Float32Array;
}

/** More than deflate can ever gain (1,032 to 1): a larger claim is a lie or a trap. */
const highestDeflateGain = 1032;

/** True for the form that `torch.save` writes since PyTorch 1.6: a zip archive. */
export function isZipForm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/**
 * Opens `<name>/data.pkl` with its storages `<name>/data/<key>` and `<name>/byteorder`.
 *
 * @throws CheckpointError
 */
export function openZipForm(bytes: Uint8Array): RawCheckpoint {
  const entries = unzip(bytes);
  const description = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (description === undefined) {
    throw new CheckpointError('not-a-checkpoint', 'the archive has no data.pkl: torch.save did not write it');
  }
  const root = description.slice(0, -'data.pkl'.length);
  if (entries.has(`${root}constants.pkl`)) {
    throw new CheckpointError('unsupported', 'it is a TorchScript program; save a state dict: torch.save(network.state_dict(), file)');
  }
  const littleEndian = Buffer.from(entries.get(`${root}byteorder`) ?? []).toString('latin1') !== 'big';
  const { value } = unpickle(entries.get(description)!, 0, tensorHost);
  return {
    value,
    elements(storage) {
      const raw = entries.get(`${root}data/${storage.key}`);
      const needed = bytesOf(storage.type, storage.length);
      if (raw?.byteLength !== needed) {
        const found = raw ? `${raw.byteLength} bytes` : 'nothing';
        throw new CheckpointError('truncated', `storage ${storage.key} should have ${needed} bytes, there is ${found}`);
      }
      return decodeElements(storage.type, raw, littleEndian);
    },
  };
}

function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  const sizes = new Map<string, number>();
  let compressed = 0;
  const admit = (entry: UnzipFileInfo): boolean => {
    if (entry.name.endsWith('/')) return false;
    compressed += entry.size;
    const most = entry.compression === 0 ? entry.size : entry.size * highestDeflateGain;
    if (compressed > bytes.byteLength || entry.originalSize > most) {
      throw new CheckpointError('truncated', `the archive's entry ${entry.name} claims more bytes than the file holds`);
    }
    sizes.set(entry.name, entry.originalSize);
    return true;
  };
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, { filter: admit });
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckpointError('truncated', `the archive is damaged or cut short (${reason}); fetch the file again`, {
      cause: error,
    });
  }
  for (const [name, size] of sizes) {
    if (entries[name]?.byteLength !== size) {
      throw new CheckpointError('truncated', `the archive's entry ${name} is cut short; fetch the file again`);
    }
  }
  return new Map(Object.entries(entries));
}
