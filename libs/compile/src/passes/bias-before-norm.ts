import { numbersOf, sameShape, sizeOf, splatOf, type Graph, type GraphNode, type Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';

/**
 * A constant added to a channel is what an instance norm takes away: the bias before it (and before a crop between the
 * two) need not be added, and its gradient, the sum of the norm's gradient over the picture, is zero.
 */
export function dropBiasBeforeNorm(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    const [x] = inputs;
    if (node.op === 'InstanceNorm') {
      const bare = withoutBias(graph, x!);
      return bare === x ? undefined : graph.add('InstanceNorm', [bare], node.outputs, { ...node, after: [] });
    }
    if (node.op === 'Sum' && sumsPictures(node) && fromNormGradient(x!)) return [graph.fill(0, node.outputs[0]!.shape)];
    return undefined;
  });
}

/** The value before a bias a channel was added; crops of height and width stay. */
function withoutBias(graph: Graph, x: Value): Value {
  const { op, inputs } = x.node;
  const [first, second] = inputs;
  if (op === 'BiasAdd') return first!;
  // A sum may also have the picture second, or have been broadcast to its shape.
  if (op === 'AddV2' && isBias(second!, x) && sameShape(first!.shape, x.shape)) return first!;
  if (op === 'Slice' && first!.shape[3] === x.shape[3]) {
    const bare = withoutBias(graph, first!);
    return bare === first ? x : graph.op('Slice', [bare, ...inputs.slice(1)], x);
  }
  return x;
}

/** One number a channel, the same for every picture and pixel. */
const isBias = (value: Value, sum: Value): boolean =>
  sizeOf(value.shape) === sum.shape[3] && value.shape.at(-1) === sum.shape[3];

/** Over height and width at least: each picture's sum is zero on its own. */
function sumsPictures({ inputs }: GraphNode): boolean {
  const axes = numbersOf(inputs[1]!);
  return inputs[0]!.shape.length === 4 && axes !== undefined && [1, 2].every((axis) => axes.includes(axis));
}

/** The gradient of a norm, with zeros around it where the forward pass cropped. */
function fromNormGradient({ node }: Value): boolean {
  if (node.op === 'InstanceNormGrad') return true;
  return node.op === 'PadV2' && splatOf(node.inputs[2]!) === 0 && fromNormGradient(node.inputs[0]!);
}
