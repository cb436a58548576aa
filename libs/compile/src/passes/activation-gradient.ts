import { float } from '../graph/attribute.js';
import { isFloat } from '../graph/data-type.js';
import { sameShape, splatOf, type Graph, type GraphNode, type Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';

/** The slope of a `Step` or a leaky ReLU below zero. */
export function slopeOf({ attributes }: GraphNode): number {
  const { alpha } = attributes;
  return alpha !== undefined && 'float' in alpha ? alpha.float : 0;
}

/**
 * tfjs differentiates ReLU as a product with a step function, and leaky ReLU as a selection, which cost a comparison and
 * two pictures; TensorFlow has one op for each. It also takes the activation's output for its input, which has the same
 * signs: what is before the activation is then needed no longer, and TensorFlow can fuse the two.
 */
export function fuseActivationGradients(program: GraphProgram): GraphProgram {
  const activated = new Map<Value, Value>();
  return rewrite(program, (node, inputs, graph) => {
    if (node.op === 'Relu' || (node.op === 'LeakyRelu' && slopeOf(node) > 0)) {
      const made = graph.add(node.op, inputs, node.outputs, { ...node, after: [] });
      activated.set(inputs[0]!, made.outputs[0]!);
      return made;
    }
    const found = node.op === 'Mul' ? stepProduct(inputs) : node.op === 'SelectV2' ? selection(inputs) : undefined;
    if (found === undefined) return undefined;
    const { x, dy, slope } = found;
    return [activationGradient(graph, dy, activated.get(x) ?? x, slope)];
  });
}

interface Gradient {
  readonly x: Value;
  readonly dy: Value;
  readonly slope: number;
}

/** `dy · step(x)`, in either order. */
function stepProduct([a, b]: readonly Value[]): Gradient | undefined {
  const [dy, step] = b!.node.op === 'Step' ? [a!, b!] : [b!, a!];
  if (step.node.op !== 'Step' || dy.node.op === 'Step' || !sameShape(dy.shape, step.shape)) return undefined;
  const slope = slopeOf(step.node);
  const x = step.node.inputs[0]!;
  return slope < 0 || !isFloat(x.dtype) ? undefined : { x, dy, slope };
}

/** `x > 0 ? dy : dy · slope` */
function selection([condition, dy, otherwise]: readonly Value[]): Gradient | undefined {
  const [x, bound] = condition!.node.inputs;
  if (condition!.node.op !== 'Greater' || splatOf(bound!) !== 0 || otherwise!.node.op !== 'Mul') return undefined;
  const [scaled, factor] = otherwise!.node.inputs;
  const slope = splatOf(factor!);
  // TensorFlow has the op for floats only.
  const floats = isFloat(x!.dtype) && x!.dtype === dy!.dtype;
  const fits = floats && scaled === dy && slope !== undefined && slope > 0 && sameShape(dy!.shape, x!.shape);
  return fits ? { x: x!, dy: dy!, slope } : undefined;
}

function activationGradient(graph: Graph, dy: Value, x: Value, slope: number): Value {
  if (slope === 0) return graph.op('ReluGrad', [dy, x], dy);
  return graph.op('LeakyReluGrad', [dy, x], dy, { alpha: float(slope) });
}

/** What is left of the steps: 1 above zero, the slope below, and what is not a number stays so, as tfjs has it. */
export function lowerSteps(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, [x], graph) => {
    if (node.op !== 'Step') return undefined;
    const { dtype, shape } = x!;
    const above = graph.op('Greater', [x!, graph.fill(0, [], dtype)], { shape, dtype: 'bool' });
    const number = graph.op('Equal', [x!, x!], { shape, dtype: 'bool' });
    const below = graph.op('SelectV2', [number, graph.fill(slopeOf(node), [], dtype), x!], x!);
    return [graph.op('SelectV2', [above, graph.fill(1, [], dtype), below], x!)];
  });
}
