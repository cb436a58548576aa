import { ModelError } from '../model-error.js';
import { plainValuesOnly, type PickleHost, type PickleValue } from './pickle-value.js';
import { type RawCheckpoint } from './raw-checkpoint.js';
import { bytesOf, elementReader, type ElementReader, type Storage, type StorageType } from './storage.js';
import { tensorHost } from './tensor-host.js';
import { isStorage } from './tensor-view.js';
import { unpickle } from './unpickle.js';

const formatVersion = 1001;
/** The pickled magic number 0x1950a86a20f9469cfc6c as protocol 2 writes it: PROTO 2, LONG1, ten bytes. */
const opening = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/** Each block of numbers starts with its count of elements, a 64-bit integer. */
const countBytes = 8;

/** A block of raw elements in the file, and what it holds. */
interface Block {
  readonly type: StorageType;
  /** In elements. */
  readonly length: number;
}

/** True for the form that `torch.save` wrote before PyTorch 1.6: pickles, then raw storages, one after another. */
export function isLegacyForm(bytes: Uint8Array): boolean {
  return opening.every((byte, index) => bytes[index] === byte);
}

/**
 * Opens magic number, version, system, value and storage keys (five pickles) and the blocks of numbers after them.
 *
 * @throws ModelError `CORRUPT` or `UNSUPPORTED`
 */
export function openLegacyForm(bytes: Uint8Array): RawCheckpoint {
  const blocks = new Map<string, Block>();
  const magic = unpickle(bytes, 0, plainValuesOnly);
  const version = unpickle(bytes, magic.end, plainValuesOnly);
  if (version.value !== formatVersion) throw new ModelError('UNSUPPORTED', 'its format version is not 1001');
  const system = unpickle(bytes, version.end, plainValuesOnly);
  const littleEndian = !(system.value instanceof Map && system.value.get('little_endian') === false);
  const described = unpickle(bytes, system.end, notingBlocks(blocks));
  const keys = unpickle(bytes, described.end, plainValuesOnly);
  const found = locate(bytes, keys, blocks, littleEndian);
  return {
    value: described.value,
    elements(storage: Storage): ElementReader {
      const raw = found.get(storage.key);
      if (!raw) throw new ModelError('CORRUPT', `storage ${storage.key} is not in the file; fetch it again`);
      const start = bytesOf(storage.type, storage.offset);
      return elementReader(
        storage.type,
        raw.subarray(start, start + bytesOf(storage.type, storage.length)),
        littleEndian,
      );
    },
  };
}

/** The blocks' element types are known only from the tensors that use them. */
function notingBlocks(blocks: Map<string, Block>): PickleHost {
  return {
    ...tensorHost,
    persistent(id) {
      const storage = tensorHost.persistent(id);
      if (isStorage(storage)) {
        const { key, type, blockLength: length } = storage;
        const known = blocks.get(key);
        if (known && (known.type !== type || known.length !== length)) {
          throw new ModelError('CORRUPT', `storage ${key} is described in two ways`);
        }
        blocks.set(key, { type, length });
      }
      return storage;
    },
  };
}

function locate(
  bytes: Uint8Array,
  keys: { value: PickleValue; end: number },
  blocks: ReadonlyMap<string, Block>,
  littleEndian: boolean,
): Map<string, Uint8Array> {
  if (!Array.isArray(keys.value)) throw new ModelError('CORRUPT', 'the list of storages is missing');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  let position = keys.end;
  for (const key of keys.value.map(String)) {
    const block = blocks.get(key);
    if (!block) throw new ModelError('CORRUPT', `storage ${key} belongs to no tensor`);
    const end = position + countBytes + bytesOf(block.type, block.length);
    if (end > bytes.byteLength) {
      throw new ModelError(
        'CORRUPT',
        `the file is cut short: storage ${key} ends at byte ${end}, the file at ${bytes.byteLength}; fetch it again`,
      );
    }
    if (view.getBigInt64(position, littleEndian) !== BigInt(block.length)) {
      throw new ModelError('CORRUPT', `storage ${key} does not have the ${block.length} elements that it should have`);
    }
    found.set(key, bytes.subarray(position + countBytes, end));
    position = end;
  }
  return found;
}
