import { bool, int } from '../graph/attribute.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { reshape, slice } from '../rules/shapes.js';
import { isPlain } from './plain-convolution.js';

/**
 * Below this many channels on either side oneDNN's own filter gradient is quicker. With 256, which a generator of width 64
 * has, the two are about level (`npm run bench -- passes --width 64`).
 */
const MANY_CHANNELS = 256;
const SMALL_KERNEL = 4;

/**
 * The filter gradient of a small convolution between many channels as one matrix product for each place in the kernel:
 * `dw[i, j] = x[:, i.., j.., :]ᵀ · dy`. On a CPU that may be quicker than oneDNN's own filter gradient where they are many and the picture large.
 */
export function productFilterGradients(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    if (node.op !== 'Conv2DBackpropFilter' || !applies(node)) return undefined;
    return [products(graph, node, inputs[0]!, inputs[2]!)];
  });
}

function applies(node: GraphNode): boolean {
  const [height, width, inputs, channels] = node.outputs[0]!.shape as [number, number, number, number];
  return isPlain(node) && Math.max(height, width) <= SMALL_KERNEL && Math.min(inputs, channels) >= MANY_CHANNELS;
}

function products(graph: Graph, node: GraphNode, x: Value, dy: Value): Value {
  const { shape, dtype } = node.outputs[0]!;
  const [height, width, inputs, channels] = shape as [number, number, number, number];
  const [batch, rows, columns] = dy.shape as [number, number, number, number];
  const pixels = batch * rows * columns;
  const along = reshape(graph, dy, [pixels, channels]);
  const places = Array.from({ length: height * width }, (_, place) => {
    const begin = [0, Math.floor(place / width), place % width, 0];
    const seen = reshape(graph, slice(graph, x, begin, [batch, rows, columns, inputs]), [pixels, inputs]);
    const transposed = { transpose_a: bool(true), transpose_b: bool(false) };
    return graph.op('MatMul', [seen, along], { shape: [inputs, channels], dtype }, transposed);
  });
  const stacked = { shape: [height * width, inputs, channels], dtype };
  return reshape(graph, graph.op('Pack', places, stacked, { N: int(places.length), axis: int(0) }), shape);
}
