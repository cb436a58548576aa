import { CheckpointError } from './checkpoint-error.js';

/** The element types that a state dict of a convolutional network holds. */
export type StorageType = 'float64' | 'float32' | 'float16' | 'bfloat16' | 'int64';

const storageClasses: ReadonlyMap<string, StorageType> = new Map([
  ['DoubleStorage', 'float64'],
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
]);

const elementBytes: Readonly<Record<StorageType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
};

/** A one-dimensional block of raw elements that tensors look into; its bytes may come later than its description. */
export interface Storage {
  readonly kind: 'storage';
  readonly type: StorageType;
  readonly key: string;
  /** Number of elements. */
  readonly length: number;
  /** First element of this storage in the block that the key names (older files share blocks). */
  readonly offset: number;
}

/** The element type of a class such as `torch.FloatStorage` or `torch.cuda.FloatStorage`; undefined if not a storage. */
export function storageTypeOf(module: string, member: string): StorageType | undefined {
  return module === 'torch' || module === 'torch.cuda' ? storageClasses.get(member) : undefined;
}

/** Bytes that `length` elements take. */
export function bytesOf(type: StorageType, length: number): number {
  return elementBytes[type] * length;
}

/**
 * Decodes raw elements to 32-bit floats: 64-bit values are rounded, the smaller ones are exact.
 *
 * @param bytes exactly `bytesOf(type, length)` bytes
 */
export function decodeElements(type: StorageType, bytes: Uint8Array, littleEndian: boolean): Float32Array {
  const length = bytes.byteLength / elementBytes[type];
  if (!Number.isInteger(length)) {
    throw new CheckpointError('truncated', `${bytes.byteLength} bytes do not divide into ${type} elements`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = elementReader(type, view, littleEndian);
  const step = elementBytes[type];
  const decoded = new Float32Array(length);
  for (let index = 0; index < length; index += 1) decoded[index] = read(index * step);
  return decoded;
}

function elementReader(type: StorageType, view: DataView, littleEndian: boolean): (at: number) => number {
  switch (type) {
    case 'float64':
      return (at) => view.getFloat64(at, littleEndian);
    case 'float32':
      return (at) => view.getFloat32(at, littleEndian);
    case 'float16':
      return (at) => halfToNumber(view.getUint16(at, littleEndian));
    case 'bfloat16': {
      // A bfloat16 is the upper half of a float32.
      const scratch = new DataView(new ArrayBuffer(4));
      return (at) => {
        scratch.setUint32(0, view.getUint16(at, littleEndian) << 16);
        return scratch.getFloat32(0);
      };
    }
    case 'int64':
      return (at) => Number(view.getBigInt64(at, littleEndian));
  }
}

/** IEEE 754 binary16: one sign bit, five exponent bits with bias 15, ten fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
