import type * as tf from '@tensorflow/tfjs';
import { bool } from '../graph/attribute.js';
import type { Graph, Value } from '../graph/graph.js';
import { biasAndActivation } from './convolutions.js';
import type { Rules } from './rule.js';

function product(graph: Graph, a: Value, b: Value, attributes: object): Value {
  const { transposeA, transposeB } = attributes as tf.BatchMatMulAttrs;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  // Leading sides broadcast; tfjs has checked that they do.
  const batch = (a.shape.length >= b.shape.length ? a : b).shape
    .slice(0, -2)
    .map((side, i, all) => Math.max(side, a.shape.at(i - all.length - 2) ?? 1, b.shape.at(i - all.length - 2) ?? 1));
  const output = { shape: [...batch, rows, columns], dtype: a.dtype };
  return graph.op('BatchMatMulV2', [a, b], output, { adj_x: bool(transposeA), adj_y: bool(transposeB) });
}

export const productRules: Rules = {
  BatchMatMul: ({ inputs: { a, b }, attributes, graph }) => product(graph, a!, b!, attributes),
  _FusedMatMul: ({ inputs, attributes, graph }) =>
    biasAndActivation(graph, product(graph, inputs['a']!, inputs['b']!, attributes), inputs, attributes),
};
