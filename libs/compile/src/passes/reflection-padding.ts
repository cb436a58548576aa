import { int, string } from '../graph/attribute.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { slice } from '../rules/shapes.js';

/** Of `[b, h, w, c]`. Rows first: they lie together in memory. */
const ROWS_AND_COLUMNS = [1, 2] as const;

/**
 * Reflection padding as TensorFlow's `MirrorPad`, and its gradient as `MirrorPadGrad`.
 * @param pieces as slices that are joined instead, their gradient as slices that are added and joined: the same numbers
 *   (a row on which both borders fall is summed in another order). `MirrorPad` copies number by number, a join whole rows.
 */
export function lowerReflectionPadding(program: GraphProgram, pieces: boolean): GraphProgram {
  return rewrite(program, (node, [x], graph) => {
    if (node.op === 'ReflectionPad') return [pieces ? padded(graph, x!, widthOf(node)) : one(graph, 'MirrorPad', x!, node)];
    if (node.op === 'ReflectionPadGrad') return [pieces ? folded(graph, x!, widthOf(node)) : one(graph, 'MirrorPadGrad', x!, node)];
    return undefined;
  }); // prettier-ignore
}

function widthOf({ attributes: { pad } }: GraphNode): number {
  return pad !== undefined && 'int' in pad ? pad.int : 0;
}

function one(graph: Graph, op: string, x: Value, node: GraphNode): Value {
  const n = widthOf(node);
  const paddings = graph.ints([0, 0, n, n, n, n, 0, 0], [4, 2]);
  return graph.op(op, [x, paddings], { shape: node.outputs[0]!.shape, dtype: x.dtype }, { mode: string('REFLECT') });
}

function padded(graph: Graph, x: Value, n: number): Value {
  let y = x;
  for (const axis of ROWS_AND_COLUMNS) {
    const side = y.shape[axis]!;
    const mirrored = (from: number): Value[] => Array.from({ length: n }, (_, i) => run(graph, y, axis, from - i, 1));
    y = join(graph, [...mirrored(n), y, ...mirrored(side - 2)], axis);
  }
  return y;
}

/** What was padded gets back what all its copies got. */
function folded(graph: Graph, dy: Value, n: number): Value {
  let y = dy;
  for (const axis of ROWS_AND_COLUMNS) {
    const side = y.shape[axis]! - 2 * n;
    const pieces: Value[] = [];
    for (let at = 0; at < side;) {
      const copies = copiesOf(at, side, n);
      let count = 1;
      if (copies.length === 0) while (at + count < side && copiesOf(at + count, side, n).length === 0) count++;
      const own = run(graph, y, axis, n + at, count);
      pieces.push(copies.reduce((sum, copy) => graph.op('AddV2', [sum, run(graph, y, axis, copy, 1)], sum), own));
      at += count;
    }
    y = join(graph, pieces, axis);
  }
  return y;
}

/** Where a row of a picture of `side` rows stands once more in the padded one, in rows of that. */
function copiesOf(at: number, side: number, n: number): number[] {
  const before = at >= 1 && at <= n ? [n - at] : [];
  const after = at >= side - 1 - n && at <= side - 2 ? [n + 2 * (side - 1) - at] : [];
  return [...before, ...after];
}

/** `count` rows or columns from `begin` on. */
function run(graph: Graph, x: Value, axis: number, begin: number, count: number): Value {
  const from = x.shape.map((_, i) => (i === axis ? begin : 0));
  return slice(graph, x, from, x.shape.map((side, i) => (i === axis ? count : side))); // prettier-ignore
}

function join(graph: Graph, pieces: readonly Value[], axis: number): Value {
  const [first] = pieces as [Value];
  if (pieces.length === 1) return first;
  const along = pieces.reduce((sum, piece) => sum + piece.shape[axis]!, 0);
  const shape = first.shape.map((side, i) => (i === axis ? along : side));
  return graph.op('ConcatV2', [...pieces, graph.ints([axis], [])], { shape, dtype: first.dtype }, { N: int(pieces.length) }); // prettier-ignore
}
