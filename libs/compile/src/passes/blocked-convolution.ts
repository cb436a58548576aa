import { ints } from '../graph/attribute.js';
import type { GraphNode, Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { depthToSpace } from '../rules/shapes.js';

/** Side of the block of pixels that one position of the blocked convolution paints. */
const BLOCK = 4;
/** Above this many output channels the plain form keeps the matrix units busy. */
const FEW_CHANNELS = 4;
const WIDE_KERNEL = 5;

/**
 * A wide convolution with very few output channels, such as the generator's last 7×7, as one of stride 4 whose output
 * channels are the pixels of 4×4 blocks, and `DepthToSpace`. The same sums exactly, and several times as fast: matrix
 * units want many output channels. For constant filters (inference).
 */
export function blockLastConvolution(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    const [x, filter] = inputs as [Value, Value];
    if (!applies(node, filter)) return undefined;
    const [batch, height, width] = node.outputs[0]!.shape as [number, number, number, number];
    const [k, , inChannels, outChannels] = filter.shape as [number, number, number, number];
    const values = filter.node.data!.kind === 'dense' ? filter.node.data!.values : undefined;
    const blocked = blockedFilter(values as Float32Array, [k, inChannels, outChannels]);
    const side = k + BLOCK - 1;
    const channels = BLOCK * BLOCK * outChannels;
    const weights = graph.constant({ kind: 'dense', values: blocked }, [side, side, inChannels, channels], 'float32');
    const blocks = graph.op(
      'Conv2D',
      [x, weights],
      { shape: [batch, height / BLOCK, width / BLOCK, channels], dtype: x.dtype },
      { ...node.attributes, strides: ints([1, BLOCK, BLOCK, 1]) },
    );
    return [depthToSpace(graph, blocks, BLOCK)];
  });
}

function applies(node: GraphNode, filter: Value | undefined): boolean {
  if (node.op !== 'Conv2D' || filter?.node.data?.kind !== 'dense') return false;
  const { padding, strides, dilations } = node.attributes;
  const unit = (attribute: typeof strides): boolean =>
    attribute !== undefined && 'ints' in attribute && attribute.ints.every((n) => n === 1);
  const valid = padding !== undefined && 'string' in padding && padding.string === 'VALID';
  const [, height, width, outChannels] = node.outputs[0]!.shape as [number, number, number, number];
  const square = filter.shape[0] === filter.shape[1] && filter.shape[0]! >= WIDE_KERNEL;
  const fits = height % BLOCK === 0 && width % BLOCK === 0 && outChannels <= FEW_CHANNELS;
  return valid && unit(strides) && unit(dilations) && square && fits;
}

/** `[k, k, in, out]` → `[k + 3, k + 3, in, 16 · out]`: the filter once for each pixel of the block, shifted to it. */
function blockedFilter(source: Float32Array, [k, inputs, outputs]: readonly [number, number, number]): Float32Array {
  const side = k + BLOCK - 1;
  const channels = BLOCK * BLOCK * outputs;
  const values = new Float32Array(side * side * inputs * channels);
  for (let pixel = 0; pixel < BLOCK * BLOCK; pixel++) {
    const [by, bx] = [Math.floor(pixel / BLOCK), pixel % BLOCK];
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
