import * as tf from '@tensorflow/tfjs';
import { int, string } from '../graph/attribute.js';
import type { Graph, Shape, Value } from '../graph/graph.js';
import type { Rules } from './rule.js';

export function reshape(graph: Graph, x: Value, shape: Shape): Value {
  return graph.op('Reshape', [x, graph.ints(shape)], { shape, dtype: x.dtype });
}

export function slice(graph: Graph, x: Value, begin: Shape, size: Shape): Value {
  return graph.op('Slice', [x, graph.ints(begin), graph.ints(size)], { shape: size, dtype: x.dtype });
}

/** The same attributes, and the same reading of them, as tfjs has. */
export function stridedSlice(graph: Graph, x: Value, attributes: tf.StridedSliceAttrs): Value {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const { finalShape } = tf.slice_util.sliceInfo(
    [...x.shape],
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  return graph.op(
    'StridedSlice',
    [x, graph.ints(begin), graph.ints(end), graph.ints(strides)],
    { shape: finalShape, dtype: x.dtype },
    {
      begin_mask: int(beginMask),
      end_mask: int(endMask),
      ellipsis_mask: int(ellipsisMask),
      new_axis_mask: int(newAxisMask),
      shrink_axis_mask: int(shrinkAxisMask),
    },
  );
}

/** A constant around `x`: so many before and after along each axis. */
export function pad(graph: Graph, x: Value, paddings: readonly (readonly [number, number])[], constant = 0): Value {
  const value = graph.fill(constant, [], x.dtype);
  return graph.op('PadV2', [x, paddingInput(graph, paddings), value], {
    shape: padded(x.shape, paddings),
    dtype: x.dtype,
  });
}

/** For functions of tfjs that look at the shape of a tensor and nothing else. */
const shapeOnly = ({ shape }: Value): tf.TensorInfo => ({ dataId: {}, shape: [...shape], dtype: 'float32' });

const padded = (shape: Shape, paddings: readonly (readonly [number, number])[]): number[] =>
  shape.map((side, i) => side + paddings[i]![0] + paddings[i]![1]);

/** The paddings of an op as its second input: `[rank, 2]`. */
const paddingInput = (graph: Graph, paddings: readonly (readonly [number, number])[]): Value =>
  graph.ints(paddings.flat(), [paddings.length, 2]);

export const shapeRules: Rules = {
  Identity: ({ inputs: { x } }) => x!,
  Reshape: ({ inputs: { x }, attributes, graph }) =>
    reshape(
      graph,
      x!,
      tf.util.inferFromImplicitShape((attributes as tf.ReshapeAttrs).shape, tf.util.sizeFromShape([...x!.shape])),
    ),
  ExpandDims: ({ inputs: { input }, attributes, graph }) => {
    const { dim } = attributes as tf.ExpandDimsAttrs;
    const shape = [...input!.shape];
    shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
    return reshape(graph, input!, shape);
  },
  Transpose: ({ inputs: { x }, attributes, graph }) => {
    const { perm } = attributes as tf.TransposeAttrs;
    const shape = perm.map((from) => x!.shape[from]!);
    return graph.op('Transpose', [x!, graph.ints(perm)], { shape, dtype: x!.dtype });
  },
  Slice: ({ inputs: { x }, attributes, graph }) => {
    const { begin, size } = attributes as tf.SliceAttrs;
    const [from, count] = tf.slice_util.parseSliceParams(shapeOnly(x!), begin, size);
    return slice(graph, x!, from!, count!);
  },
  StridedSlice: ({ inputs: { x }, attributes, graph }) => stridedSlice(graph, x!, attributes as tf.StridedSliceAttrs),
  PadV2: ({ inputs: { x }, attributes, graph }) => {
    const { paddings, constantValue } = attributes as tf.PadV2Attrs;
    return pad(graph, x!, paddings, constantValue);
  },
  MirrorPad: ({ inputs: { x }, attributes, graph }) => {
    const { paddings, mode } = attributes as tf.MirrorPadAttrs;
    const output = { shape: padded(x!.shape, paddings), dtype: x!.dtype };
    return graph.op('MirrorPad', [x!, paddingInput(graph, paddings)], output, { mode: string(mode.toUpperCase()) });
  },
  Concat: ({ inputs, attributes, graph }) => {
    const values = Object.values(inputs);
    const first = values[0]!;
    const axis = tf.util.parseAxisParam((attributes as tf.ConcatAttrs).axis, [...first.shape])[0]!;
    if (values.length === 1) return first;
    const shape = [...first.shape];
    shape[axis] = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
    const output = { shape, dtype: first.dtype };
    return graph.op('ConcatV2', [...values, graph.ints([axis], [])], output, { N: int(values.length) });
  },
  SplitV: ({ inputs: { x }, attributes, graph }) => {
    const { numOrSizeSplits, axis } = attributes as tf.SplitVAttrs;
    const along = tf.util.parseAxisParam(axis, [...x!.shape])[0]!;
    const sizes = tf.backend_util.prepareSplitSize(shapeOnly(x!), numOrSizeSplits, along);
    const outputs = sizes.map((size) => ({
      shape: x!.shape.map((side, i) => (i === along ? size : side)),
      dtype: x!.dtype,
    }));
    return [
      ...graph.add('SplitV', [x!, graph.ints(sizes), graph.ints([along], [])], outputs, {
        attributes: { num_split: int(sizes.length) },
      }).outputs,
    ];
  },
  Pack: ({ inputs, attributes, graph }) => {
    const values = Object.values(inputs);
    const first = values[0]!;
    const { axis } = attributes as tf.PackAttrs;
    const shape = [...first.shape];
    shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, values.length);
    return graph.op('Pack', values, { shape, dtype: first.dtype }, { N: int(values.length), axis: int(axis) });
  },
  Unpack: ({ inputs: { value }, attributes, graph }) => {
    const { axis } = attributes as tf.UnpackAttrs;
    const along = axis < 0 ? value!.shape.length + axis : axis;
    const count = value!.shape[along]!;
    const shape = value!.shape.filter((_, i) => i !== along);
    const outputs = Array.from({ length: count }, () => ({ shape, dtype: value!.dtype }));
    const options = { attributes: { num: int(count), axis: int(along) } };
    return [...graph.add('Unpack', [value!], outputs, options).outputs];
  },
  Tile: ({ inputs: { x }, attributes, graph }) => {
    const { reps } = attributes as tf.TileAttrs;
    const shape = x!.shape.map((side, i) => side * reps[i]!);
    return graph.op('Tile', [x!, graph.ints(reps)], { shape, dtype: x!.dtype });
  },
  Reverse: ({ inputs: { x }, attributes, graph }) => {
    const { dims } = attributes as tf.ReverseAttrs;
    const axes = tf.util.parseAxisParam(dims, [...x!.shape]);
    return graph.op('ReverseV2', [x!, graph.ints(axes)], x!);
  },
  FlipLeftRight: ({ inputs: { image }, graph }) => graph.op('ReverseV2', [image!, graph.ints([2])], image!),
  GatherV2: ({ inputs: { x, indices }, attributes, graph }) => {
    const { axis, batchDims } = attributes as tf.GatherV2Attrs;
    const along = tf.util.parseAxisParam(axis, [...x!.shape])[0]!;
    const shape = [...x!.shape.slice(0, along), ...indices!.shape.slice(batchDims), ...x!.shape.slice(along + 1)];
    return graph.op('GatherV2', [x!, indices!, graph.ints([along], [])], { shape, dtype: x!.dtype }, { batch_dims: int(batchDims) }); // prettier-ignore
  },
  /** Sums rows by the segment that each belongs to: the gradient of a gather. */
  UnsortedSegmentSum: ({ inputs: { x, segmentIds }, attributes, graph }) => {
    const { numSegments } = attributes as tf.UnsortedSegmentSumAttrs;
    const shape = [numSegments, ...x!.shape.slice(segmentIds!.shape.length)];
    const output = { shape, dtype: x!.dtype };
    return graph.op('UnsortedSegmentSum', [x!, segmentIds!, graph.ints([numSegments], [])], output);
  },
  DepthToSpace: ({ inputs: { x }, attributes, graph }) => {
    const { blockSize } = attributes as tf.DepthToSpaceAttrs;
    return depthToSpace(graph, x!, blockSize);
  },
};

/** `[b, h, w, block² · c]` → `[b, block · h, block · w, c]` */
export function depthToSpace(graph: Graph, x: Value, block: number): Value {
  const [b, h, w, c] = x.shape as [number, number, number, number];
  const shape = [b, h * block, w * block, c / (block * block)];
  const attributes = { block_size: int(block), data_format: string('NHWC') };
  return graph.op('DepthToSpace', [x], { shape, dtype: x.dtype }, attributes);
}
