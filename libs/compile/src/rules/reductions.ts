import * as tf from '@tensorflow/tfjs';
import { bool } from '../graph/attribute.js';
import { cast } from '../graph/cast.js';
import type { Graph, Value } from '../graph/graph.js';
import { isFloat, type DataType } from '../graph/data-type.js';
import type { Rule, Rules } from './rule.js';

/** An op over axes; tfjs calls them `axis` or, in some kernels, `reductionIndices`. */
const reduction =
  (op: string): Rule =>
  ({ inputs: { x }, attributes, graph }) => {
    const { axis, reductionIndices, keepDims } = attributes as {
      axis?: number | number[];
      reductionIndices?: number | number[];
      keepDims?: boolean;
    };
    return reduce(graph, op, x!, axis ?? reductionIndices, keepDims ?? false);
  };

/** @param axis one, several, or all of them when it is not given */
export function reduce(graph: Graph, op: string, x: Value, axis: number | number[] | undefined, keep: boolean): Value {
  const axes = tf.util.parseAxisParam(axis ?? x.shape.map((_, i) => i), [...x.shape]);
  const [shape, reduced] = tf.backend_util.computeOutAndReduceShapes([...x.shape], axes);
  const kept = keep ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape;
  if (reduced.length === 0) return x;
  return graph.op(op, [x, graph.ints(axes)], { shape: kept, dtype: x.dtype }, { keep_dims: bool(keep) });
}

const toFloat = (graph: Graph, x: Value): Value => (isFloat(x.dtype) ? x : cast(graph, x, 'float32'));

const argument =
  (op: string): Rule =>
  ({ inputs: { x }, attributes, graph }) => {
    const axis = tf.util.parseAxisParam((attributes as tf.ArgMaxAttrs).axis, [...x!.shape])[0]!;
    const shape = x!.shape.filter((_, i) => i !== axis);
    const dtype: DataType = 'int32';
    return graph.op(op, [x!, graph.ints([axis], [])], { shape, dtype });
  };

const cumulative =
  (op: string): Rule =>
  ({ inputs: { x }, attributes, graph }) => {
    const { axis, exclusive, reverse } = attributes as tf.CumsumAttrs;
    const direction = { exclusive: bool(exclusive), reverse: bool(reverse) };
    return graph.op(op, [x!, graph.ints([axis], [])], x!, direction);
  };

export const reductionRules: Rules = {
  ...Object.fromEntries(['Sum', 'Max', 'Min', 'Prod', 'All', 'Any'].map((op) => [op, reduction(op)])),
  // Means of whole numbers are none.
  Mean: ({ inputs: { x }, ...call }) => reduction('Mean')({ ...call, inputs: { x: toFloat(call.graph, x!) } }),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  TopK: ({ inputs: { x }, attributes, graph }) => {
    const { k, sorted } = attributes as tf.TopKAttrs;
    const shape = [...x!.shape.slice(0, -1), k];
    const outputs = [{ shape, dtype: x!.dtype }, { shape, dtype: 'int32' }] as const; // prettier-ignore
    return [
      ...graph.add('TopKV2', [x!, graph.ints([k], [])], outputs, { attributes: { sorted: bool(sorted) } }).outputs,
    ];
  },
  Cumsum: cumulative('Cumsum'),
  Cumprod: cumulative('Cumprod'),
  Softmax: ({ inputs: { logits }, graph }) => graph.op('Softmax', [logits!], logits!),
};
