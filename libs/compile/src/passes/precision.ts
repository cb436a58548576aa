import { cast } from '../graph/cast.js';
import { isFloat, type DataType } from '../graph/data-type.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';

/** `bf16`: matrix products and what lies between them in bfloat16; weights, statistics, losses, updates in float32. */
export const PRECISIONS = ['fp32', 'bf16'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Products: where the time goes, and what CPUs and GPUs have bfloat16 units for. */
const PRODUCTS = new Set([
  ...['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'BatchMatMulV2', 'MatMul'],
  ...['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'],
]);

/** Ops that keep the type of what they get: a value of theirs is no less exact than a rounded one. */
const FOLLOWERS = new Set([
  ...['AddV2', 'Sub', 'Mul', 'Maximum', 'Minimum', 'Neg', 'Abs', 'Square', 'SquaredDifference', 'BiasAdd', 'SelectV2'],
  ...['Relu', 'Relu6', 'ReluGrad', 'LeakyRelu', 'LeakyReluGrad', 'Step', 'Elu', 'EluGrad', 'Sigmoid', 'Tanh'],
  ...['Reshape', 'Transpose', 'Slice', 'StridedSlice', 'PadV2', 'MirrorPad', 'ConcatV2', 'SplitV', 'Tile'],
  ...['Pack', 'Unpack', 'ReverseV2', 'DepthToSpace', 'SpaceToDepth', 'GatherV2', 'ReflectionPad', 'ReflectionPadGrad'],
  ...['MaxPool', 'MaxPoolGrad', 'AvgPool', 'AvgPoolGrad', 'ResizeNearestNeighbor', 'ResizeNearestNeighborGrad'],
  ...['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'InstanceNorm', 'InstanceNormGrad'],
]);

/**
 * What losses are made of, between the last product and the sum over everything: float32 as well. Those that are float32
 * anyway are among them so that what they are given is too: a logarithm makes much of little.
 */
const LOSS_OPS = new Set([
  ...['Log', 'Log1p', 'Exp', 'Expm1', 'Sqrt', 'Rsqrt', 'RealDiv', 'DivNoNan', 'Pow', 'Softplus'],
  ...['Reciprocal', 'Mean', 'Sum'],
  ...['AddV2', 'Sub', 'Mul', 'Maximum', 'Minimum', 'Neg', 'Abs', 'Square', 'SquaredDifference', 'BiasAdd', 'SelectV2'],
  ...['Sigmoid', 'Tanh', 'Step', 'Reshape', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'],
]);

/** What changes variables. */
const WRITES = new Set(['AssignVariableOp', 'ResourceApplyAdam']);

/** Outputs that are float32 whatever comes in: statistics. */
const FLOAT32_OUTPUTS: Readonly<Record<string, readonly number[]>> = { InstanceNorm: [1] };
/** Inputs that stay float32. */
const FLOAT32_INPUTS: Readonly<Record<string, readonly number[]>> = { InstanceNormGrad: [2] };

/**
 * Gives every value its type under the policy `bf16`, in the manner of mixed-precision training (Micikevicius et al.
 * 2018): products run in bfloat16; ops between them follow; sums, statistics, losses, optimisers and results are
 * float32. Where the two meet, constants and weights are rounded and anything else is widened.
 */
export function applyPrecision(program: GraphProgram): GraphProgram {
  const exact = new Set([...lossNodes(program.graph), ...updateNodes(program.graph)]);
  const casts = new Map<string, Value>();
  const inType = (graph: Graph, value: Value, dtype: DataType): Value => {
    if (!isFloat(value.dtype) || value.dtype === dtype) return value;
    const key = `${value.node.id}:${value.index}:${dtype}`;
    const { data } = value.node;
    const made =
      casts.get(key) ?? (data === undefined ? cast(graph, value, dtype) : graph.constant(data, value.shape, dtype));
    casts.set(key, made);
    return made;
  };
  return rewrite(program, (node, inputs, graph, after) => {
    const dtype = exact.has(node) ? 'float32' : typeFor(node, inputs);
    const keep = FLOAT32_INPUTS[node.op] ?? [];
    const given = inputs.map((input, i) => inType(graph, input, keep.includes(i) ? 'float32' : dtype));
    const wide = FLOAT32_OUTPUTS[node.op] ?? [];
    const outputs = node.outputs.map((output, i) => ({
      shape: output.shape,
      dtype: output.dtype === 'float32' && !wide.includes(i) && node.op !== 'Cast' ? outputType(node, dtype) : output.dtype,
    })); // prettier-ignore
    if (given.every((value, i) => value === inputs[i]) && outputs.every((o, i) => o.dtype === node.outputs[i]!.dtype)) {
      return undefined;
    }
    return graph.add(node.op, given, outputs, { ...node, after });
  });
}

/** The type that the float inputs of a node are brought to. */
function typeFor(node: GraphNode, inputs: readonly Value[]): DataType {
  if (PRODUCTS.has(node.op)) return 'bfloat16';
  if (!FOLLOWERS.has(node.op)) return 'float32';
  const floats = inputs.filter((input, i) => isFloat(input.dtype) && !(FLOAT32_INPUTS[node.op] ?? []).includes(i));
  const computed = floats.filter(({ node: from }) => !isSource(from));
  return computed.length > 0 && computed.every(({ dtype }) => dtype === 'bfloat16') ? 'bfloat16' : 'float32';
}

/** Constants, weights, and masks made of truth values have no precision of their own to lose, in whatever shape. */
function isSource({ op, inputs }: GraphNode): boolean {
  if (op === 'Reshape') return isSource(inputs[0]!.node);
  return op === 'Const' || op === 'ReadVariableOp' || (op === 'Cast' && !isFloat(inputs[0]!.dtype));
}

/** Sources give what they hold: a weight or an argument is float32 until something asks for less. */
function outputType(node: GraphNode, dtype: DataType): DataType {
  return PRODUCTS.has(node.op) || FOLLOWERS.has(node.op) ? dtype : 'float32';
}

/** The nodes between the last products and the sums that end in a number: found from the sums upwards. */
function lossNodes(graph: Graph): Set<GraphNode> {
  const found = new Set<GraphNode>();
  for (const node of graph.nodes) {
    const toNumber = (node.op === 'Mean' || node.op === 'Sum') && node.outputs[0]!.shape.every((side) => side === 1);
    if (toNumber) follow(node, found, (op) => LOSS_OPS.has(op));
  }
  return found;
}

/** The nodes between products or sums and the variables that get what comes of them: small steps would round away. */
function updateNodes(graph: Graph): Set<GraphNode> {
  const found = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (WRITES.has(node.op)) follow(node, found, (op) => LOSS_OPS.has(op) && op !== 'Mean' && op !== 'Sum');
  }
  return found;
}

/** Adds what lies above a node, as far up as the ops go on. */
function follow({ inputs }: GraphNode, found: Set<GraphNode>, goesOn: (op: string) => boolean): void {
  const stack = inputs.map((input) => input.node);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (found.has(next) || !goesOn(next.op)) continue;
    found.add(next);
    stack.push(...next.inputs.map((input) => input.node));
  }
}
