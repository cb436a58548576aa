import * as tf from '@tensorflow/tfjs';
import { float } from '../graph/attribute.js';
import { cast } from '../graph/cast.js';
import { splatOf, type Graph, type Value } from '../graph/graph.js';
import type { Rule, Rules } from './rule.js';

const unary =
  (op: string): Rule =>
  ({ inputs: { x }, graph }) =>
    graph.op(op, [x!], x!);

const toBool =
  (op: string): Rule =>
  ({ inputs: { x }, graph }) =>
    graph.op(op, [x!], { shape: x!.shape, dtype: 'bool' });

const broadcast = (a: Value, b: Value): number[] =>
  tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);

const binary =
  (op: string): Rule =>
  ({ inputs: { a, b }, graph }) =>
    graph.op(op, [a!, b!], { shape: broadcast(a!, b!), dtype: a!.dtype });

const compare =
  (op: string): Rule =>
  ({ inputs: { a, b }, graph }) =>
    graph.op(op, [a!, b!], { shape: broadcast(a!, b!), dtype: 'bool' });

const UNARY = [
  ...['Abs', 'Neg', 'Square', 'Sign', 'Reciprocal', 'Floor', 'Ceil', 'Round'],
  ...['Sqrt', 'Rsqrt', 'Expm1', 'Log', 'Log1p', 'Erf'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh'],
  ...['Sigmoid', 'Softplus', 'Elu', 'Selu', 'Relu', 'Relu6'],
];
/** tfjs's name → TensorFlow's, where they differ. */
const BINARY = {
  ...{ Add: 'AddV2', Sub: 'Sub', Multiply: 'Mul', RealDiv: 'RealDiv', FloorDiv: 'FloorDiv', Mod: 'FloorMod' },
  ...{ Maximum: 'Maximum', Minimum: 'Minimum', SquaredDifference: 'SquaredDifference', Pow: 'Pow', Atan2: 'Atan2' },
};
const COMPARE = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'];

export const elementwiseRules: Rules = {
  ...Object.fromEntries(UNARY.map((op) => [op, unary(op)])),
  ...Object.fromEntries(Object.entries(BINARY).map(([kernel, op]) => [kernel, binary(op)])),
  ...Object.fromEntries(COMPARE.map((op) => [op, compare(op)])),
  // As tfjs-node does, and for this one only.
  Exp: ({ inputs: { x }, graph }) => {
    const float = x!.dtype === 'int32' ? cast(graph, x!, 'float32') : x!;
    return graph.op('Exp', [float], float);
  },
  IsNan: toBool('IsNan'),
  IsFinite: toBool('IsFinite'),
  IsInf: toBool('IsInf'),
  LogicalNot: ({ inputs: { x }, graph }) => graph.op('LogicalNot', [x!], x!),
  LeakyRelu: ({ inputs: { x }, attributes, graph }) => leakyRelu(graph, x!, (attributes as tf.LeakyReluAttrs).alpha),
  Prelu: ({ inputs: { x, alpha }, graph }) => prelu(graph, x!, alpha!),
  EluGrad: ({ inputs: { dy, y }, graph }) => graph.op('EluGrad', [dy!, y!], dy!),
  // A composite: `passes/activation-gradient.ts` looks for it, and what is left is lowered.
  Step: ({ inputs: { x }, attributes, graph }) =>
    graph.op('Step', [x!], x!, { alpha: float((attributes as tf.StepAttrs).alpha) }),
  ClipByValue: ({ inputs: { x }, attributes, graph }) => {
    const { clipValueMin, clipValueMax } = attributes as tf.ClipByValueAttrs;
    const raised = graph.op('Maximum', [x!, graph.fill(clipValueMin, [], x!.dtype)], x!);
    return graph.op('Minimum', [raised, graph.fill(clipValueMax, [], x!.dtype)], x!);
  },
  // tf.where has broadcast the three to one shape.
  Select: ({ inputs: { condition, t, e }, graph }) => graph.op('SelectV2', [condition!, t!, e!], t!),
  AddN: ({ inputs, graph }) => {
    const [first, ...rest] = Object.values(inputs);
    return rest.reduce((sum, value) => graph.op('AddV2', [sum, value], sum), first!);
  },
};

export function leakyRelu(graph: Graph, x: Value, alpha: number): Value {
  return graph.op('LeakyRelu', [x], x, { alpha: float(alpha) });
}

/** max(x, 0) + alpha · min(x, 0), of whole numbers too, as in tfjs-node. */
export function prelu(graph: Graph, input: Value, slope: Value): Value {
  const [x, alpha] = [cast(graph, input, 'float32'), cast(graph, slope, 'float32')];
  const uniform = splatOf(alpha);
  if (uniform !== undefined) return leakyRelu(graph, x, uniform);
  const negative = graph.op('Minimum', [x, graph.fill(0)], x);
  return graph.op('AddV2', [graph.op('Relu', [x], x), graph.op('Mul', [alpha, negative], x)], x);
}
