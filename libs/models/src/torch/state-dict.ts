import { ModelError } from '../model-error.js';
import { type PickleValue } from './pickle-value.js';
import { type RawCheckpoint } from './raw-checkpoint.js';
import { type Storage } from './storage.js';
import { gather, isTensorView } from './tensor-view.js';

/** A tensor of a checkpoint: `data` is row-major in `shape`, in PyTorch's own order of dimensions. */
export interface CheckpointTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tensors of a state dict by name, in the file's order. */
export type Checkpoint = ReadonlyMap<string, CheckpointTensor>;

const dataParallelPrefix = 'module.';

/**
 * The tensors of an opened checkpoint.
 *
 * @throws ModelError `UNSUPPORTED` when it holds something else than a state dict, `CORRUPT` when numbers are missing
 */
export function stateDict(raw: RawCheckpoint): Checkpoint {
  const tensors = new Map<string, CheckpointTensor>();
  const claims = new Claims();
  for (const [name, value] of entries(raw.value)) {
    if (!isTensorView(value)) {
      throw new ModelError(
        'UNSUPPORTED',
        `${name} is not a tensor; save a state dict: torch.save(network.state_dict(), file)`,
      );
    }
    claims.add(name, value.storage, value.shape);
    tensors.set(name, { shape: value.shape, data: gather(value, raw.elements(value.storage)) });
  }
  if (tensors.size === 0) throw new ModelError('UNSUPPORTED', 'it holds no tensors');
  return withoutPrefix(tensors);
}

/** Weights may be tied, but many names for one large storage are an attack on memory. */
class Claims {
  static readonly most = 8;
  readonly #byStorage = new Map<string, number>();

  add(name: string, storage: Storage, shape: readonly number[]): void {
    const size = shape.reduce((product, length) => product * length, 1);
    const claimed = (this.#byStorage.get(storage.key) ?? 0) + size;
    if (claimed > Claims.most * storage.blockLength) {
      throw new ModelError('UNSUPPORTED', `${name} is one of too many tensors that share one storage`);
    }
    this.#byStorage.set(storage.key, claimed);
  }
}

function entries(value: PickleValue): [string, PickleValue][] {
  if (!(value instanceof Map)) {
    throw new ModelError('UNSUPPORTED', 'it holds no state dict; save one: torch.save(network.state_dict(), file)');
  }
  const nested = value.get('state_dict');
  const map = nested instanceof Map ? nested : value;
  return [...map].map(([key, tensor]) => {
    if (typeof key !== 'string') throw new ModelError('UNSUPPORTED', 'it has an entry whose name is not a text');
    return [key, tensor];
  });
}

function withoutPrefix(tensors: Map<string, CheckpointTensor>): Checkpoint {
  if (![...tensors.keys()].every((name) => name.startsWith(dataParallelPrefix))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(dataParallelPrefix.length), tensor]));
}
