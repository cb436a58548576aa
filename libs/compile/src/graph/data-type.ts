/** Types of values in a graph, as tfjs names them where it has a name. */
export type DataType = 'float32' | 'bfloat16' | 'int32' | 'int64' | 'uint8' | 'bool' | 'resource';

/** Numbers of TensorFlow's `DataType` enum (tensorflow/core/framework/types.proto). */
export const TENSORFLOW_TYPE: Readonly<Record<DataType, number>> = Object.freeze({
  float32: 1,
  int32: 3,
  uint8: 4,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
});

export const isFloat = (dtype: DataType): boolean => dtype === 'float32' || dtype === 'bfloat16';
