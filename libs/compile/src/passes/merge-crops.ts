import { numbersOf, splatOf, type Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';

/** Two crops in a row are one crop, and two borders of zeros one border: tfjs layers crop one side after the other. */
export function mergeCrops(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    const [x] = inputs;
    if (node.op === 'Slice' && x!.node.op === 'Slice') {
      const begin = sum(x!.node.inputs[1]!, inputs[1]!);
      const [source] = x!.node.inputs;
      return begin === undefined ? undefined : [graph.op('Slice', [source!, graph.ints(begin), inputs[2]!], node.outputs[0]!)];
    } // prettier-ignore
    if (node.op === 'PadV2' && x!.node.op === 'PadV2') {
      if (splatOf(inputs[2]!) !== 0 || splatOf(x!.node.inputs[2]!) !== 0) return undefined;
      const paddings = sum(x!.node.inputs[1]!, inputs[1]!);
      if (paddings === undefined) return undefined;
      const [source, , zero] = x!.node.inputs;
      return [graph.op('PadV2', [source!, graph.ints(paddings, [paddings.length / 2, 2]), zero!], node.outputs[0]!)];
    }
    return undefined;
  });
}

/** The sum of two constant vectors of whole numbers. */
function sum(a: Value, b: Value): number[] | undefined {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return left === undefined || right === undefined ? undefined : left.map((n, i) => n + right[i]!);
}
