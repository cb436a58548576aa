import type * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import type { ConstantData, Graph, Shape, Value } from '../graph/graph.js';
import { callerPlace } from './place.js';

/**
 * A tensor of tfjs as a constant of the graph.
 * @param read its values; not asked for where the type is refused
 * @throws CompileError `UNSUPPORTED` for types other than float32, int32 and bool
 */
export function tensorConstant(graph: Graph, shape: Shape, dtype: tf.DataType, read: () => tf.TypedArray): Value {
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new CompileError('UNSUPPORTED', `A ${dtype} tensor cannot be part of a graph${callerPlace()}.`);
  }
  return graph.constant(constantData(read()), shape, dtype);
}

/** One number where all elements are equal: it keeps graphs small and lets them be simplified. */
function constantData(values: tf.TypedArray): ConstantData {
  const first = values[0] ?? 0;
  if (values.length > 0 && values.every((value) => Object.is(value, first))) return { kind: 'splat', value: first };
  // The caller may use the array again for the next tensor.
  return { kind: 'dense', values: values.slice() };
}
