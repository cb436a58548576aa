import { isFloat, type DataType } from './data-type.js';
import type { GraphNode } from './graph.js';

/*
 * What TensorFlow's ops compute with, as far as tfjs does not ask before it calls a kernel. TensorFlow would say so too,
 * but only when the graph is loaded, and of a node that the caller has never heard of.
 */
const FLOATS = new Set([
  ...['Reciprocal', 'Floor', 'Ceil', 'Sqrt', 'Rsqrt', 'Exp', 'Expm1', 'Log', 'Log1p', 'Erf'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh', 'Atan2'],
  ...['Sigmoid', 'Softplus', 'Elu', 'Selu', 'LeakyRelu', 'Softmax', 'IsNan', 'IsFinite', 'IsInf'],
  ...['Conv2D', 'DepthwiseConv2dNative', 'AvgPool', 'InstanceNorm'],
]);
/** Two numbers, or more, in and one out, or a truth about them: all of one type. */
const ARITHMETIC = new Set([
  ...['AddV2', 'Sub', 'Mul', 'RealDiv', 'FloorDiv', 'FloorMod', 'Maximum', 'Minimum', 'SquaredDifference', 'Pow'],
  ...['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'BatchMatMulV2', 'BiasAdd'],
]);
const NUMBERS = new Set([
  ...ARITHMETIC,
  ...['Abs', 'Neg', 'Square', 'Sign', 'Round', 'Relu', 'Relu6', 'Step'],
  ...['Sum', 'Mean', 'Prod', 'Max', 'Min', 'Cumsum', 'Cumprod', 'MaxPool', 'TopKV2'],
]);

/** The inputs that must have the same type. */
function alike({ op, inputs }: GraphNode): readonly { readonly dtype: DataType }[] {
  if (op === 'ConcatV2') return inputs.slice(0, -1);
  if (op === 'SelectV2') return inputs.slice(1);
  const all =
    ARITHMETIC.has(op) || ['Equal', 'NotEqual', 'Pack', 'Atan2', 'Conv2D', 'DepthwiseConv2dNative'].includes(op);
  return all ? inputs : [];
}

/** Why TensorFlow would refuse the types of a node's inputs, such as `takes numbers, not bool`; undefined if it would not. */
export function refusedTypes(node: GraphNode): string | undefined {
  const { op, inputs } = node;
  const types = [...new Set(alike(node).map(({ dtype }) => dtype))];
  if (types.length > 1) return `takes values of one type, not ${types.join(' and ')}`;
  const [first] = inputs;
  if (first === undefined) return undefined;
  if (FLOATS.has(op) && !isFloat(first.dtype)) return `takes float32, not ${first.dtype}`;
  return NUMBERS.has(op) && first.dtype === 'bool' ? 'takes numbers, not bool' : undefined;
}
