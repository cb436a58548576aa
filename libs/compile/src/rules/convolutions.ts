import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { ints, string, type Attribute } from '../graph/attribute.js';
import { sameShape, type Graph, type Value } from '../graph/graph.js';
import { callerPlace } from '../trace/place.js';
import { leakyRelu, prelu } from './elementwise.js';
import type { Rules } from './rule.js';
import { pad, stridedSlice } from './shapes.js';

type Conv2DInfo = tf.backend_util.Conv2DInfo;
type Pad = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: Pad;
  readonly dataFormat?: string;
  /** `null` of a tfjs layer that was given none. */
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** tfjs's own reading of strides, pads and shapes, so that traced and eager calls cannot differ. */
function infoOf(x: readonly number[], filter: readonly number[], attributes: object, depthwise = false): Conv2DInfo {
  const { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode } = attributes as ConvolutionAttributes;
  if (dataFormat !== 'NHWC') {
    throw new CompileError('UNSUPPORTED', `A convolution has the data format ${dataFormat}${callerPlace()}: use NHWC.`);
  }
  const read = (rounding?: 'floor' | 'round' | 'ceil'): Conv2DInfo =>
    tf.backend_util.computeConv2DInfo(
      x as [number, number, number, number],
      filter as [number, number, number, number],
      strides,
      dilations ?? 1,
      pad,
      rounding,
      depthwise,
    );
  const info = read(dimRoundingMode);
  if (dimRoundingMode !== undefined && !sameShape(info.outShape, read('floor').outShape)) {
    const why = `TensorFlow rounds down, and this one has a part of a step left over`;
    throw new CompileError(
      'UNSUPPORTED',
      `A convolution rounds its size with ${dimRoundingMode}${callerPlace()}: ${why}.`,
    );
  }
  return info;
}

function convolutionAttributes(info: Conv2DInfo): Record<string, Attribute> {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  const { type, top, bottom, left, right } = padInfo;
  // A pad given as one number is explicit to TensorFlow.
  const explicit = type === 'NUMBER' || type === 'EXPLICIT';
  return {
    strides: ints([1, strideHeight, strideWidth, 1]),
    dilations: ints([1, dilationHeight, dilationWidth, 1]),
    padding: string(explicit ? 'EXPLICIT' : type),
    explicit_paddings: ints(explicit ? [0, 0, top, bottom, left, right, 0, 0] : []),
    data_format: string('NHWC'),
  };
}

function convolution(graph: Graph, op: string, x: Value, filter: Value, attributes: object): Value {
  const info = infoOf(x.shape, filter.shape, attributes, op !== 'Conv2D');
  return graph.op(op, [x, filter], { shape: info.outShape, dtype: x.dtype }, convolutionAttributes(info));
}

/** What the fused kernels of tfjs do after their product: a bias, then an activation by name. */
export function biasAndActivation(
  graph: Graph,
  product: Value,
  inputs: Readonly<Record<string, Value>>,
  attributes: object,
): Value {
  const { bias, preluActivationWeights } = inputs;
  const { activation, leakyreluAlpha } = attributes as { activation?: string; leakyreluAlpha?: number };
  let y = product;
  if (bias !== undefined) {
    // A bias of one number for all channels is none to TensorFlow.
    const vector = bias.shape.length === 1 && bias.shape[0] === y.shape.at(-1);
    y = vector ? graph.op('BiasAdd', [y, bias], y, { data_format: string('NHWC') }) : graph.op('AddV2', [y, bias], y);
  }
  if (activation === undefined || activation === 'linear') return y;
  if (activation === 'prelu') return prelu(graph, y, preluActivationWeights!);
  if (activation === 'leakyrelu') return leakyRelu(graph, y, leakyreluAlpha ?? 0.2);
  const op = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' }[activation];
  if (op === undefined) throw new CompileError('NO_RULE', `There is no rule for the activation ${activation}.`);
  return graph.op(op, [y], y);
}

export const convolutionRules: Rules = {
  Conv2D: ({ inputs: { x, filter }, attributes, graph }) => convolution(graph, 'Conv2D', x!, filter!, attributes),
  FusedConv2D: ({ inputs, attributes, graph }) =>
    biasAndActivation(graph, convolution(graph, 'Conv2D', inputs['x']!, inputs['filter']!, attributes), inputs, attributes), // prettier-ignore
  Conv2DBackpropInput: ({ inputs: { dy, filter }, attributes, graph }) => {
    const { inputShape } = attributes as tf.Conv2DBackpropInputAttrs;
    const info = infoOf(inputShape, filter!.shape, attributes);
    const output = { shape: inputShape, dtype: dy!.dtype };
    return graph.op('Conv2DBackpropInput', [graph.ints(inputShape), filter!, dy!], output, convolutionAttributes(info));
  },
  Conv2DBackpropFilter: ({ inputs: { x, dy }, attributes, graph }) => {
    const { filterShape } = attributes as tf.Conv2DBackpropFilterAttrs;
    const given = infoOf(x!.shape, filterShape, attributes);
    const sparse = isSparse(given);
    const seen = sparse ? onlySeen(graph, x!, given) : x!;
    const info = sparse ? infoOf(seen.shape, filterShape, { strides: 1, pad: 'valid' }) : given;
    const output = { shape: filterShape, dtype: dy!.dtype };
    return graph.op('Conv2DBackpropFilter', [seen, graph.ints(filterShape), dy!], output, convolutionAttributes(info));
  },
  DepthwiseConv2dNative: ({ inputs: { x, filter }, attributes, graph }) =>
    convolution(graph, 'DepthwiseConv2dNative', x!, filter!, attributes),
  FusedDepthwiseConv2D: ({ inputs, attributes, graph }) =>
    biasAndActivation(graph, convolution(graph, 'DepthwiseConv2dNative', inputs['x']!, inputs['filter']!, attributes), inputs, attributes), // prettier-ignore
  DepthwiseConv2dNativeBackpropInput: ({ inputs: { dy, filter }, attributes, graph }) => {
    const { inputShape } = attributes as tf.DepthwiseConv2dNativeBackpropInputAttrs;
    const info = infoOf(inputShape, filter!.shape, attributes, true);
    const output = { shape: inputShape, dtype: dy!.dtype };
    const op = 'DepthwiseConv2dNativeBackpropInput';
    return graph.op(op, [graph.ints(inputShape), filter!, dy!], output, { ...convolutionAttributes(info) });
  },
  DepthwiseConv2dNativeBackpropFilter: ({ inputs: { x, dy }, attributes, graph }) => {
    const { filterShape } = attributes as tf.DepthwiseConv2dNativeBackpropFilterAttrs;
    const info = infoOf(x!.shape, filterShape, attributes, true);
    const output = { shape: filterShape, dtype: dy!.dtype };
    const op = 'DepthwiseConv2dNativeBackpropFilter';
    return graph.op(op, [x!, graph.ints(filterShape), dy!], output, convolutionAttributes(info));
  },
};

/** A filter of one pixel that leaves pixels out, as in the shortcuts of a ResNet. */
const isSparse = ({ filterHeight, filterWidth, strideHeight, strideWidth }: Conv2DInfo): boolean =>
  filterHeight * filterWidth === 1 && strideHeight * strideWidth > 1;

/**
 * The pixels that such a filter sees. TensorFlow 2.18 writes beyond its memory in the filter gradient of a convolution of
 * one pixel with a stride, so it is given these and no stride.
 */
function onlySeen(graph: Graph, x: Value, { padInfo, strideHeight, strideWidth }: Conv2DInfo): Value {
  const { top, bottom, left, right } = padInfo;
  const framed = top + bottom + left + right === 0 ? x : pad(graph, x, [[0, 0], [top, bottom], [left, right], [0, 0]]); // prettier-ignore
  return stridedSlice(graph, framed, {
    begin: framed.shape.map(() => 0),
    end: [...framed.shape],
    strides: [1, strideHeight, strideWidth, 1],
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 0,
  });
}
