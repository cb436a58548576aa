import { ModelError } from '../model-error.js';

/** A stored tensor: `data` is row-major in `shape`. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type WeightTensors = ReadonlyMap<string, WeightTensor>;

/**
 * The tensor of that name, if it has that shape and finite numbers.
 *
 * @throws ModelError `UNSUPPORTED` naming the tensor and both shapes, `CORRUPT` for numbers that are not finite
 */
export function takeTensor(tensors: WeightTensors, name: string, shape: readonly number[]): WeightTensor {
  const tensor = tensors.get(name);
  const wanted = `[${shape.join(', ')}]`;
  if (tensor === undefined) {
    throw new ModelError('UNSUPPORTED', `there is no tensor ${name}, which should be ${wanted}`);
  }
  if (tensor.shape.join() !== shape.join()) {
    throw new ModelError(
      'UNSUPPORTED',
      `tensor ${name} has the shape [${tensor.shape.join(', ')}], but ${wanted} belongs there`,
    );
  }
  if (!tensor.data.every(Number.isFinite)) {
    throw new ModelError('CORRUPT', `tensor ${name} has numbers that are not finite`);
  }
  return tensor;
}
