import { rewrite, type GraphProgram } from '../graph/rewrite.js';

/**
 * A constant added to a channel is what an instance norm takes away: the bias before it need not be added, and its
 * gradient, the sum of the norm's gradient over the picture, is zero.
 */
export function dropBiasBeforeNorm(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    const [x] = inputs;
    if (node.op === 'InstanceNorm' && x!.node.op === 'BiasAdd') {
      return graph.add('InstanceNorm', [x!.node.inputs[0]!], node.outputs, node).outputs;
    }
    if (node.op === 'Sum' && x!.node.op === 'InstanceNormGrad') {
      const axes = inputs[1]!.node.data;
      const overPictures = axes?.kind === 'dense' && axes.values.includes(1) && axes.values.includes(2);
      if (overPictures) return [graph.fill(0, node.outputs[0]!.shape)];
    }
    return undefined;
  });
}
