import { sameShape, splatOf, type Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Square: (x) => x * x,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Reshape: (x) => x,
  Tile: (x) => x,
};
const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  AddV2: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
};

/**
 * Computes what is known while compiling: arithmetic between constants of one number each, and `x · 1`, `x + 0`,
 * `x − 0`, `x / 1`, and reshapes to the same shape. Shapes are constants in a trace anyway; autodiff multiplies by whole
 * pictures of ones, and this takes them out.
 */
export function foldConstants(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    const output = node.outputs[0];
    // tfjs's gradients of broadcasting ops reshape to the shape that is there already.
    if (node.op === 'Reshape' && sameShape(inputs[0]!.shape, output!.shape)) return [inputs[0]!];
    if (output?.dtype !== 'float32' || node.outputs.length !== 1) return undefined;
    const [a, b] = inputs as [Value | undefined, Value | undefined];
    if (a === undefined) return undefined;
    const [x, y] = [splatOf(a), b === undefined ? undefined : splatOf(b)];
    const unary = UNARY[node.op];
    if (unary !== undefined && x !== undefined) return [graph.fill(Math.fround(unary(x)), output.shape)];
    const binary = BINARY[node.op];
    if (binary === undefined || b === undefined) return undefined;
    if (x !== undefined && y !== undefined) return [graph.fill(Math.fround(binary(x, y)), output.shape)];
    const neutral = node.op === 'Mul' || node.op === 'RealDiv' ? 1 : 0;
    if (y === neutral && sameShape(a.shape, output.shape)) return [a];
    const commutes = node.op === 'Mul' || node.op === 'AddV2';
    if (commutes && x === neutral && sameShape(b.shape, output.shape)) return [b];
    // One number broadcasts as well as a picture of it, and need not be stored or read.
    if (y !== undefined && b.shape.length > 0 && sameShape(a.shape, output.shape)) {
      return [graph.op(node.op, [a, graph.fill(y)], output)];
    }
    if (x !== undefined && a.shape.length > 0 && sameShape(b.shape, output.shape)) {
      return [graph.op(node.op, [graph.fill(x), b], output)];
    }
    return undefined;
  });
}
