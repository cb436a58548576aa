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
  /** First element of this storage in the block that the key names: in old files a storage may be part of a block. */
  readonly offset: number;
  /** Number of elements of that block. */
  readonly blockLength: number;
}

/** The element type of a class such as `torch.FloatStorage` or `torch.cuda.FloatStorage`; undefined if not a storage. */
export function storageTypeOf(module: string, member: string): StorageType | undefined {
  return module === 'torch' || module === 'torch.cuda' ? storageClasses.get(member) : undefined;
}

/** Bytes that `length` elements take. */
export function bytesOf(type: StorageType, length: number): number {
  return elementBytes[type] * length;
}

/** One element of a storage by its index, as a number that a 32-bit float can take up. */
export type ElementReader = (index: number) => number;

/**
 * Reads the elements of a storage: 64-bit values get rounded when they become 32-bit floats, the smaller ones are exact.
 *
 * @param bytes the storage's own bytes; reading past them throws a RangeError, so check windows before
 */
export function elementReader(type: StorageType, bytes: Uint8Array, littleEndian: boolean): ElementReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 'float64':
      return (index) => view.getFloat64(8 * index, littleEndian);
    case 'float32':
      return (index) => view.getFloat32(4 * index, littleEndian);
    case 'float16':
      return (index) => halfToNumber(view.getUint16(2 * index, littleEndian));
    case 'bfloat16':
      return (index) => bfloat16ToNumber(view.getUint16(2 * index, littleEndian));
    case 'int64':
      return (index) => Number(view.getBigInt64(8 * index, littleEndian));
  }
}

const scratch = new DataView(new ArrayBuffer(4));

/** A bfloat16 is the upper half of a float32. */
function bfloat16ToNumber(bits: number): number {
  scratch.setUint16(0, bits);
  return scratch.getFloat32(0);
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
