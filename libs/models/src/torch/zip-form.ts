import { unzipSync, type UnzipFileInfo } from 'fflate';

import { ModelError } from '../model-error.js';
import { type RawCheckpoint } from './raw-checkpoint.js';
import { bytesOf, elementReader } from './storage.js';
import { tensorHost } from './tensor-host.js';
import { unpickle } from './unpickle.js';

/** More than deflate can ever gain (1,032 to 1): a larger claim is a lie or a trap. */
const highestDeflateGain = 1032;
/** An entry takes at least this much of the archive's directory, without its name. */
const directoryEntryBytes = 46;
/** Far above any CycleGAN: what all entries together may unpack to. */
const largestContentBytes = 2 ** 31;

/** True for the form that `torch.save` writes since PyTorch 1.6: a zip archive. */
export function isZipForm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/**
 * Opens `<name>/data.pkl` with its storages `<name>/data/<key>` and `<name>/byteorder`.
 *
 * @throws ModelError
 */
export function openZipForm(bytes: Uint8Array): RawCheckpoint {
  const entries = unzip(bytes);
  const description = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (description === undefined) {
    throw new ModelError('CORRUPT', 'the archive has no data.pkl: torch.save did not write it');
  }
  const root = description.slice(0, -'data.pkl'.length);
  if (entries.has(`${root}constants.pkl`)) {
    throw new ModelError(
      'UNSUPPORTED',
      'it is a TorchScript program; save a state dict: torch.save(network.state_dict(), file)',
    );
  }
  const littleEndian = Buffer.from(entries.get(`${root}byteorder`) ?? []).toString('latin1') !== 'big';
  const { value } = unpickle(entries.get(description)!, 0, tensorHost);
  return {
    value,
    elements(storage) {
      const raw = entries.get(`${root}data/${storage.key}`);
      const needed = bytesOf(storage.type, storage.blockLength);
      if (raw?.byteLength !== needed) {
        const found = raw ? `${raw.byteLength} bytes` : 'nothing';
        throw new ModelError('CORRUPT', `storage ${storage.key} should have ${needed} bytes, there is ${found}`);
      }
      const start = bytesOf(storage.type, storage.offset);
      return elementReader(
        storage.type,
        raw.subarray(start, start + bytesOf(storage.type, storage.length)),
        littleEndian,
      );
    },
  };
}

function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  const sizes = new Map<string, number>();
  let visited = 0;
  let compressed = 0;
  let unpacked = 0;
  const admit = (entry: UnzipFileInfo): boolean => {
    visited += 1;
    // Without this a forged count would keep the reader busy for hours past the end of the file.
    if (visited * directoryEntryBytes > bytes.byteLength) {
      throw new ModelError('CORRUPT', 'the archive claims more entries than the file holds');
    }
    if (entry.name.endsWith('/')) return false;
    compressed += entry.size;
    const most = entry.compression === 0 ? entry.size : entry.size * highestDeflateGain;
    if (compressed > bytes.byteLength || entry.originalSize > most) {
      throw new ModelError('CORRUPT', `the archive's entry ${entry.name} claims more bytes than the file holds`);
    }
    unpacked += entry.originalSize;
    if (unpacked > largestContentBytes) {
      throw new ModelError('UNSUPPORTED', 'it unpacks to more bytes than any generator needs');
    }
    sizes.set(entry.name, entry.originalSize);
    return true;
  };
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, { filter: admit });
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError('CORRUPT', `the archive is damaged or cut short (${reason}); fetch the file again`, {
      cause: error,
    });
  }
  for (const [name, size] of sizes) {
    if (entries[name]?.byteLength !== size) {
      throw new ModelError('CORRUPT', `the archive's entry ${name} is cut short; fetch the file again`);
    }
  }
  return new Map(Object.entries(entries));
}
