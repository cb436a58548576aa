import { CheckpointError } from './checkpoint-error.js';
import { type PickleValue } from './pickle-value.js';
import { bytesOf, decodeElements, type Storage, type StorageType } from './storage.js';
import { isStorage, isTensorView } from './tensor-view.js';
import { tensorHost } from './tensor-host.js';
import { type RawCheckpoint } from './zip-form.js';
import { plainValuesOnly } from './pickle-value.js';
import { unpickle } from './unpickle.js';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const formatVersion = 1001;
/** The pickled magic number, as protocol 2 writes it: PROTO 2, LONG1 of ten bytes. */
const opening = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** True for the form that `torch.save` wrote before PyTorch 1.6: pickles and raw storages one after another. */
export function isLegacyForm(bytes: Uint8Array): boolean {
  return opening.every((byte, index) => bytes[index] === byte);
}
