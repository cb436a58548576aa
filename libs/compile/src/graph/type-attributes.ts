import type { DataType } from './data-type.js';
import type { GraphNode } from './graph.js';

/** Where an op's type attribute is found: the type of its n-th input or output. */
type Source = `in${number}` | `out${number}`;
type Types = Readonly<Record<string, Source>>;

const T: Types = { T: 'in0' };
const INDEXED: Types = { T: 'in0', Tidx: 'in1' };
const VARIABLE_VALUE: Types = { dtype: 'in1' };

/**
 * The type attributes of each TensorFlow op that the rules and passes use, by what they are the types of. Kept in one
 * place so that a rule does not repeat them, and a pass that changes types has nothing to correct.
 */
const TYPES: Readonly<Record<string, Types>> = {
  Const: { dtype: 'out0' },
  Placeholder: { dtype: 'out0' },
  VarHandleOp: {},
  ReadVariableOp: { dtype: 'out0' },
  AssignVariableOp: VARIABLE_VALUE,
  ResourceApplyAdam: { T: 'in9' },
  Cast: { SrcT: 'in0', DstT: 'out0' },
  Bitcast: { T: 'in0', type: 'out0' },
  Reshape: { T: 'in0', Tshape: 'in1' },
  Transpose: { T: 'in0', Tperm: 'in1' },
  Slice: { T: 'in0', Index: 'in1' },
  StridedSlice: { T: 'in0', Index: 'in1' },
  PadV2: { T: 'in0', Tpaddings: 'in1' },
  MirrorPad: { T: 'in0', Tpaddings: 'in1' },
  MirrorPadGrad: { T: 'in0', Tpaddings: 'in1' },
  ConcatV2: { T: 'in0', Tidx: 'in-1' },
  SplitV: { T: 'in0', Tlen: 'in1' },
  Tile: { T: 'in0', Tmultiples: 'in1' },
  ReverseV2: { T: 'in0', Tidx: 'in1' },
  GatherV2: { Tparams: 'in0', Tindices: 'in1', Taxis: 'in2' },
  UnsortedSegmentSum: { T: 'in0', Tindices: 'in1', Tnumsegments: 'in2' },
  OneHot: { T: 'out0', TI: 'in0' },
  ArgMax: { T: 'in0', Tidx: 'in1', output_type: 'out0' },
  ArgMin: { T: 'in0', Tidx: 'in1', output_type: 'out0' },
  Cumsum: INDEXED,
  Cumprod: INDEXED,
  Mean: INDEXED,
  Sum: INDEXED,
  Max: INDEXED,
  Min: INDEXED,
  Prod: INDEXED,
  All: { Tidx: 'in1' },
  Any: { Tidx: 'in1' },
  SelectV2: { T: 'in1' },
  LogicalAnd: {},
  LogicalOr: {},
  LogicalNot: {},
  FusedBatchNormV3: { T: 'in0', U: 'in1' },
  FusedBatchNormGradV3: { T: 'in0', U: 'in3' },
  Conv2DBackpropInput: { T: 'in1' },
  DepthwiseConv2dNativeBackpropInput: { T: 'in1' },
  AvgPoolGrad: { T: 'in1' },
  ResizeBilinearGrad: { T: 'in1' },
};

/** The type attributes of a node. Ops that are not in the table have the one type `T` of their first input. */
export function typeAttributes(node: GraphNode): Record<string, DataType> {
  const types: Record<string, DataType> = {};
  for (const [name, source] of Object.entries(TYPES[node.op] ?? T)) {
    const [side, index] = source.startsWith('in') ? [node.inputs, source.slice(2)] : [node.outputs, source.slice(3)];
    types[name] = side.at(Number(index))!.dtype;
  }
  return types;
}
