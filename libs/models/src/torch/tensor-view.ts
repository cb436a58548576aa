import { ModelError } from '../model-error.js';
import { type HostObject, type PickleValue } from './pickle-value.js';
import { type ElementReader, type Storage } from './storage.js';

/** A tensor as a checkpoint describes it: a strided window on a storage. Sizes and strides are in elements. */
export interface TensorView {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export function isStorage(value: PickleValue): value is Storage & HostObject {
  return isHostObject(value) && value.kind === 'storage';
}

export function isTensorView(value: PickleValue): value is TensorView & HostObject {
  return isHostObject(value) && value.kind === 'tensor';
}

function isHostObject(value: PickleValue): value is HostObject {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/**
 * A checked view from the arguments of `torch._utils._rebuild_tensor[_v2]`: storage, offset, shape, strides.
 *
 * @throws ModelError `CORRUPT` when the window reaches past its storage
 */
export function tensorView(args: readonly PickleValue[]): TensorView {
  const [storage, offset, shape, strides] = args;
  if (storage === undefined || !isStorage(storage)) {
    throw new ModelError('CORRUPT', 'a tensor has no storage');
  }
  const view: TensorView = {
    kind: 'tensor',
    storage,
    offset: count(offset),
    shape: counts(shape),
    strides: counts(strides),
  };
  checkWindow(view);
  return view;
}

function checkWindow({ storage, offset, shape, strides }: TensorView): void {
  if (shape.length !== strides.length) {
    throw new ModelError('CORRUPT', 'a tensor has not as many strides as dimensions');
  }
  if (shape.includes(0)) return;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  if (last >= storage.length) {
    throw new ModelError(
      'CORRUPT',
      `a tensor of shape [${shape.join(', ')}] reaches past the ${storage.length} elements of its storage`,
    );
  }
  // A stride of zero would let a few bytes claim any amount of memory; no network's weights repeat themselves.
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements > storage.length) {
    throw new ModelError(
      'UNSUPPORTED',
      `a tensor of shape [${shape.join(', ')}] claims more elements than the ${storage.length} that are stored`,
    );
  }
}

function counts(value: PickleValue | undefined): number[] {
  if (!Array.isArray(value)) throw new ModelError('CORRUPT', 'a tensor has no shape');
  return value.map(count);
}

/** A size, stride or offset: Python 2 writes some of them as longs. */
export function count(value: PickleValue | undefined): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new ModelError('CORRUPT', `a size or an offset is not a count: ${describe(value)}`);
  }
  return number;
}

function describe(value: PickleValue | undefined): string {
  return typeof value === 'object' || value === undefined ? typeof value : String(value);
}

/** Copies the elements that the view selects out of its storage, in row-major order. */
export function gather(view: TensorView, element: ElementReader): Float32Array {
  const { shape, strides } = view;
  const size = shape.reduce((product, length) => product * length, 1);
  const gathered = new Float32Array(size);
  const index = new Array<number>(shape.length).fill(0);
  let source = view.offset;
  for (let target = 0; target < size; target += 1) {
    gathered[target] = element(source);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      source += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return gathered;
}
