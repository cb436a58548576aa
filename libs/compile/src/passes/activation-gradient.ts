import { float } from '../graph/attribute.js';
import { sameShape, type Graph, type GraphNode, type Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';

/** The slope of a `Step` below zero. */
export function slopeOf({ attributes }: GraphNode): number {
  const { alpha } = attributes;
  return alpha !== undefined && 'float' in alpha ? alpha.float : 0;
}

/**
 * tfjs differentiates ReLU and leaky ReLU as a product with a step function, which costs a comparison, a selection and
 * two pictures; TensorFlow has one op for it.
 */
export function fuseActivationGradients(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    if (node.op !== 'Mul') return undefined;
    const [a, b] = inputs as [Value, Value];
    return gradient(graph, a, b) ?? gradient(graph, b, a);
  });
}

function gradient(graph: Graph, dy: Value, step: Value): Value[] | undefined {
  if (step.node.op !== 'Step' || dy.node.op === 'Step' || !sameShape(dy.shape, step.shape)) return undefined;
  const x = step.node.inputs[0]!;
  const alpha = slopeOf(step.node);
  if (alpha === 0) return [graph.op('ReluGrad', [dy, x], dy)];
  if (alpha > 0) return [graph.op('LeakyReluGrad', [dy, x], dy, { alpha: float(alpha) })];
  return undefined;
}

/** What is left of the steps: 1 above zero, the slope elsewhere. */
export function lowerSteps(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, [x], graph) => {
    if (node.op !== 'Step') return undefined;
    const { dtype, shape } = x!;
    const above = graph.op('Greater', [x!, graph.fill(0, [], dtype)], { shape, dtype: 'bool' });
    return [graph.op('SelectV2', [above, graph.fill(1, [], dtype), graph.fill(slopeOf(node), [], dtype)], x!)];
  });
}
