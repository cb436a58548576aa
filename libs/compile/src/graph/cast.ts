import type { DataType } from './data-type.js';
import type { Graph, Value } from './graph.js';

/** The value in another type; itself where it has that type already. */
export function cast(graph: Graph, x: Value, dtype: DataType): Value {
  return x.dtype === dtype ? x : graph.op('Cast', [x], { shape: x.shape, dtype });
}
