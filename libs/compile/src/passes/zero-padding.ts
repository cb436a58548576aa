import { ints, string } from '../graph/attribute.js';
import { numbersOf, splatOf, type Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { isUnpadded } from './plain-convolution.js';

/**
 * Takes the zeros of a padded copy into the convolution that reads it: the same numbers, one picture less to write.
 *
 * Only forward convolutions: TensorFlow's input and filter gradients leave the fast path with explicit paddings (in
 * bfloat16 they take ten times as long), so there the copies and crops stay.
 */
export function foldZeroPadding(program: GraphProgram): GraphProgram {
  return rewrite(program, (node, inputs, graph) => {
    if (node.op !== 'Conv2D' || !isUnpadded(node)) return undefined;
    const paddings = zerosAround(inputs[0]!);
    if (paddings === undefined) return undefined;
    const [x] = inputs[0]!.node.inputs;
    const attributes = { ...node.attributes, padding: string('EXPLICIT'), explicit_paddings: ints(paddings) };
    return [graph.op('Conv2D', [x!, inputs[1]!], node.outputs[0]!, attributes)];
  });
}

/** What a `PadV2` puts around height and width, when it is zeros and nothing else. */
function zerosAround({ node }: Value): readonly number[] | undefined {
  if (node.op !== 'PadV2' || splatOf(node.inputs[2]!) !== 0) return undefined;
  const paddings = numbersOf(node.inputs[1]!);
  return paddings?.length === 8 && [0, 1, 6, 7].every((i) => paddings[i] === 0) ? paddings : undefined;
}
