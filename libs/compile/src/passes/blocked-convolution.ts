import { int, ints, string } from '../graph/attribute.js';
import type { Graph, GraphNode, Shape, Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { depthToSpace, slice } from '../rules/shapes.js';
import { isPlain } from './plain-convolution.js';

/** Side of the block of pixels that one position of the blocked convolution paints. */
const BLOCK = 4;
/** Above this many output channels the plain form keeps the matrix units busy. */
const FEW_CHANNELS = 4;
const WIDE_KERNEL = 5;

/** Height and width of the kernel, and its channels. */
interface Filter {
  readonly k: number;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * A wide convolution with very few output channels, such as the generator's last 7×7, as one of stride 4 whose output
 * channels are the pixels of 4×4 blocks, and `DepthToSpace`; and its filter gradient in the same way. The same sums,
 * and several times as fast: matrix units want many output channels.
 */
export function blockLastConvolution(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    if (node.op === 'Conv2D' && applies(node, node.outputs[0]!.shape, inputs[1]!.shape)) {
      return [blockedConvolution(graph, node, inputs[0]!, inputs[1]!)];
    }
    if (node.op === 'Conv2DBackpropFilter' && applies(node, inputs[2]!.shape, node.outputs[0]!.shape)) {
      return [blockedFilterGradient(graph, node, inputs[0]!, inputs[2]!)];
    }
    return undefined;
  });
}

/** @param painted shape of the convolution's output */
function applies(node: GraphNode, painted: Shape, filter: Shape): boolean {
  const square = filter[0] === filter[1] && filter[0]! >= WIDE_KERNEL;
  const fits = painted[1]! % BLOCK === 0 && painted[2]! % BLOCK === 0 && painted[3]! <= FEW_CHANNELS;
  return isPlain(node) && square && fits;
}

const sizes = ([k, , inputs, outputs]: Shape): Filter => ({ k: k!, inputs: inputs!, outputs: outputs! });
const strided = ({ attributes }: GraphNode): GraphNode['attributes'] => ({
  ...attributes,
  strides: ints([1, BLOCK, BLOCK, 1]),
});
const blockedShape = ({ k, inputs, outputs }: Filter): number[] => [
  k + BLOCK - 1,
  k + BLOCK - 1,
  inputs,
  BLOCK * BLOCK * outputs,
];

function blockedConvolution(graph: Graph, node: GraphNode, x: Value, filter: Value): Value {
  const [batch, height, width] = node.outputs[0]!.shape as [number, number, number, number];
  const shape = blockedShape(sizes(filter.shape));
  const data = filter.node.data;
  const blocked =
    data?.kind === 'dense'
      ? graph.constant({ kind: 'dense', values: blockedValues(data.values as Float32Array, sizes(filter.shape)) }, shape, 'float32')
      : blockedInGraph(graph, filter); // prettier-ignore
  const output = { shape: [batch, height / BLOCK, width / BLOCK, shape[3]!], dtype: x.dtype };
  return depthToSpace(graph, graph.op('Conv2D', [x, blocked], output, { ...strided(node) }), BLOCK);
}

/** Every pixel of the block, by its row and column in it. */
const PIXELS = Array.from({ length: BLOCK * BLOCK }, (_, i) => [Math.floor(i / BLOCK), i % BLOCK] as const);

/** `[k, k, in, out]` → `[k + 3, k + 3, in, 16 · out]`: the filter once for each pixel of the block, shifted to it. */
function blockedValues(source: Float32Array, { k, inputs, outputs }: Filter): Float32Array {
  const [side, , , channels] = blockedShape({ k, inputs, outputs }) as [number, number, number, number];
  const values = new Float32Array(side * side * inputs * channels);
  for (const [pixel, [by, bx]] of PIXELS.entries()) {
    for (let ky = 0; ky < k; ky++) {
      for (let kx = 0; kx < k; kx++) {
        for (let i = 0; i < inputs; i++) {
          const from = ((ky * k + kx) * inputs + i) * outputs;
          const to = (((by + ky) * side + bx + kx) * inputs + i) * channels + pixel * outputs;
          values.set(source.subarray(from, from + outputs), to);
        }
      }
    }
  }
  return values;
}

/** The same for a filter that is known only when the graph runs. */
function blockedInGraph(graph: Graph, filter: Value): Value {
  const { k, inputs, outputs } = sizes(filter.shape);
  const shape = blockedShape({ k, inputs, outputs });
  const shifted = PIXELS.map(([by, bx]) => {
    const paddings = graph.ints([by, BLOCK - 1 - by, bx, BLOCK - 1 - bx, 0, 0, 0, 0], [4, 2]);
    const output = { shape: [shape[0]!, shape[1]!, inputs, outputs], dtype: filter.dtype };
    return graph.op('PadV2', [filter, paddings, graph.fill(0, [], filter.dtype)], output);
  });
  const output = { shape, dtype: filter.dtype };
  return graph.op('ConcatV2', [...shifted, graph.ints([3], [])], output, { N: int(shifted.length) });
}

/** The gradient of the blocked filter, and of the filter itself: the sum over the places where it stands. */
function blockedFilterGradient(graph: Graph, node: GraphNode, x: Value, dy: Value): Value {
  const { shape, dtype } = node.outputs[0]!;
  const { k, inputs, outputs } = sizes(shape);
  const [batch, height, width] = dy.shape as [number, number, number, number];
  const blocked = blockedShape({ k, inputs, outputs });
  const blocks = graph.op(
    'SpaceToDepth',
    [dy],
    { shape: [batch, height / BLOCK, width / BLOCK, blocked[3]!], dtype: dy.dtype },
    { block_size: int(BLOCK), data_format: string('NHWC') },
  );
  const whole = graph.op(
    'Conv2DBackpropFilter',
    [x, graph.ints(blocked), blocks],
    { shape: blocked, dtype },
    { ...strided(node) },
  );
  const places = PIXELS.map(([by, bx], pixel) => slice(graph, whole, [by, bx, 0, pixel * outputs], shape));
  return graph.op('AddN', places, { shape, dtype }, { N: int(places.length) });
}
