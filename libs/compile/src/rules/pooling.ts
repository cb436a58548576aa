import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { ints, string, type Attribute } from '../graph/attribute.js';
import type { Graph, Value } from '../graph/graph.js';
import { callerPlace } from '../trace/place.js';
import type { Rules } from './rule.js';

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(x: Value, attributes: object): { shape: number[]; attributes: Record<string, Attribute> } {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as PoolAttributes;
  const info = tf.backend_util.computePool2DInfo(
    [...x.shape] as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { type } = info.padInfo;
  if (type !== 'SAME' && type !== 'VALID') {
    throw new CompileError('UNSUPPORTED', `A pooling op has explicit pads${callerPlace()}: use tf.pad before it.`);
  }
  return {
    shape: info.outShape,
    attributes: {
      ksize: ints([1, info.filterHeight, info.filterWidth, 1]),
      strides: ints([1, info.strideHeight, info.strideWidth, 1]),
      padding: string(type),
      data_format: string('NHWC'),
    },
  };
}

function pool(graph: Graph, op: string, x: Value, attributes: object): Value {
  const info = poolInfo(x, attributes);
  return graph.op(op, [x], { shape: info.shape, dtype: x.dtype }, info.attributes);
}

export const poolingRules: Rules = {
  MaxPool: ({ inputs: { x }, attributes, graph }) => pool(graph, 'MaxPool', x!, attributes),
  AvgPool: ({ inputs: { x }, attributes, graph }) => pool(graph, 'AvgPool', x!, attributes),
  MaxPoolGrad: ({ inputs: { dy, input, output }, attributes, graph }) =>
    graph.op('MaxPoolGrad', [input!, output!, dy!], input!, poolInfo(input!, attributes).attributes),
  AvgPoolGrad: ({ inputs: { dy, input }, attributes, graph }) => {
    const shape = graph.ints(input!.shape);
    return graph.op('AvgPoolGrad', [shape, dy!], input!, poolInfo(input!, attributes).attributes);
  },
};
