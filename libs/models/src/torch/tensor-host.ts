import { ModelError } from '../model-error.js';
import { GlobalName, type PickleHost, type PickleValue } from './pickle-value.js';
import { storageTypeOf, type Storage } from './storage.js';
import { count, isTensorView, tensorView } from './tensor-view.js';

/** Functions that a state dict may name. Everything else is refused, and these are stood in for, not run. */
const rebuilders: ReadonlyMap<string, (args: readonly PickleValue[]) => PickleValue> = new Map([
  ['collections.OrderedDict', orderedDict],
  ['torch._utils._rebuild_tensor', tensorView],
  ['torch._utils._rebuild_tensor_v2', tensorView],
  ['torch._utils._rebuild_parameter', parameter],
  // Before PyTorch 0.4 a parameter was made by its class; the first of torchvision's checkpoints are of that age.
  ['torch.nn.parameter.Parameter', parameter],
]);

/** Stands in for Python where a pickle describes tensors, storages and dictionaries. */
export const tensorHost: PickleHost = {
  admit(name) {
    if (rebuilders.has(name.toString()) || storageTypeOf(name.module, name.member)) return;
    if (/^torch(\.cuda)?$/.test(name.module) && name.member.endsWith('Storage')) {
      throw new ModelError('UNSUPPORTED', `${name.toString()} holds a number type that is not read here`);
    }
    throw new ModelError(
      'UNSUPPORTED',
      `it asks for ${name.toString()}, which a plain state dict has no need of; nothing was run. ` +
        'Save the weights alone: torch.save(network.state_dict(), file)',
    );
  },
  call(callable, args) {
    const rebuild = rebuilders.get(callable.toString());
    if (!rebuild) throw new ModelError('UNSUPPORTED', `it calls ${callable.toString()}, which is not a function here`);
    return rebuild(args);
  },
  persistent: storage,
};

function orderedDict(args: readonly PickleValue[]): PickleValue {
  const items = args[0] ?? [];
  // Python 2 hands the items over as a list of pairs; Python 3 sets them afterwards.
  if (!Array.isArray(items)) throw new ModelError('CORRUPT', 'a dictionary is made of something else');
  const map = new Map<PickleValue, PickleValue>();
  for (const item of items) {
    if (!Array.isArray(item) || item.length !== 2) {
      throw new ModelError('CORRUPT', 'a dictionary has an item that is not a pair');
    }
    map.set(item[0]!, item[1]!);
  }
  return map;
}

function parameter(args: readonly PickleValue[]): PickleValue {
  const tensor = args[0];
  if (tensor === undefined || !isTensorView(tensor)) {
    throw new ModelError('CORRUPT', 'a parameter holds no tensor');
  }
  return tensor;
}

/** `('storage', class, key, device, length[, (view key, first element, length) or None])` */
function storage(id: PickleValue): Storage {
  if (!Array.isArray(id) || id[0] !== 'storage' || !(id[1] instanceof GlobalName)) {
    throw new ModelError('UNSUPPORTED', 'it holds a stored object that is not a block of numbers');
  }
  const type = storageTypeOf(id[1].module, id[1].member);
  if (!type) throw new ModelError('UNSUPPORTED', `${id[1].toString()} is not a block of numbers`);
  const window = id[5];
  const whole = count(id[4]);
  if (window === undefined || window === null) {
    return { kind: 'storage', type, key: key(id[2]), length: whole, offset: 0, blockLength: whole };
  }
  if (!Array.isArray(window)) throw new ModelError('CORRUPT', 'a storage looks into nothing');
  const offset = count(window[1]);
  const length = count(window[2]);
  if (offset + length > whole) throw new ModelError('CORRUPT', 'a storage reaches past the block it looks into');
  return { kind: 'storage', type, key: key(id[2]), length, offset, blockLength: whole };
}

function key(value: PickleValue | undefined): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new ModelError('CORRUPT', 'a storage has no key');
}
