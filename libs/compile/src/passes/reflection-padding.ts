import { string } from '../graph/attribute.js';
import type { DataType } from '../graph/data-type.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { reshape } from '../rules/shapes.js';

/** How many channels of a type one wide element holds: TensorFlow's padding copies element by element. */
const WIDE: Readonly<Partial<Record<DataType, readonly (readonly [DataType, number])[]>>> = {
  bfloat16: [['complex128', 8], ['complex64', 4]], // prettier-ignore
  float32: [['complex128', 4], ['complex64', 2]], // prettier-ignore
};

/**
 * Reflection padding as TensorFlow's `MirrorPad`.
 * @param wide moves several channels as one wide number (bits unchanged), which a CPU copies faster
 */
export function lowerReflectionPadding(program: GraphProgram, wide: boolean): GraphProgram {
  return rewrite(program, (node, [x], graph) => {
    if (node.op === 'ReflectionPad') {
      const channels = x!.shape[3]!;
      const unit = wide ? WIDE[x!.dtype]?.find(([, count]) => channels % count === 0) : undefined;
      return [unit === undefined ? pad(graph, 'MirrorPad', x!, node, node.outputs[0]!.shape) : widePad(graph, x!, node, unit)]; // prettier-ignore
    }
    if (node.op === 'ReflectionPadGrad') return [pad(graph, 'MirrorPadGrad', x!, node, node.outputs[0]!.shape)];
    return undefined;
  });
}

function pad(graph: Graph, op: string, x: Value, node: GraphNode, shape: readonly number[]): Value {
  const { pad: width } = node.attributes;
  const n = width !== undefined && 'int' in width ? width.int : 0;
  const paddings = graph.ints([0, 0, n, n, n, n, 0, 0], [4, 2]);
  return graph.op(op, [x, paddings], { shape, dtype: x.dtype }, { mode: string('REFLECT') });
}

function widePad(graph: Graph, x: Value, node: GraphNode, [type, count]: readonly [DataType, number]): Value {
  const [b, h, w, c] = x.shape as [number, number, number, number];
  const [, padded, paddedWidth] = node.outputs[0]!.shape as [number, number, number, number];
  const units = [b, h, w, c / count];
  const grouped = reshape(graph, x, [...units, count]);
  const joined = graph.op('Bitcast', [grouped], { shape: units, dtype: type });
  const result = pad(graph, 'MirrorPad', joined, node, [b, padded, paddedWidth, c / count]);
  const apart = graph.op('Bitcast', [result], { shape: [b, padded, paddedWidth, c / count, count], dtype: x.dtype });
  return reshape(graph, apart, [b, padded, paddedWidth, c]);
}
