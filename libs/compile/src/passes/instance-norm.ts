import { bool, float, int, string, type Attribute } from '../graph/attribute.js';
import { cast } from '../graph/cast.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { reduce } from '../rules/reductions.js';
import { reshape } from '../rules/shapes.js';

/** What the gradient needs of the fused norm. */
interface Forward {
  readonly epsilon: number;
  readonly pictures: readonly { readonly x: Value; readonly reserved: readonly [Value, Value, Value] }[];
}

/**
 * Instance norm as TensorFlow ops.
 * @param fused one `FusedBatchNormV3` for each picture: over one picture a batch norm in training is an instance norm,
 *   with statistics in float32 and the ReLU behind it fused by TensorFlow. Otherwise means and squares in float32.
 */
export function lowerInstanceNorms(program: GraphProgram, fused: boolean): GraphProgram {
  const made = new Map<Value, Forward>();
  return rewrite(program, (node, inputs, graph) => {
    if (node.op === 'InstanceNorm') {
      return fused
        ? fusedNorm(graph, inputs[0]!, epsilonOf(node), made)
        : plainNorm(graph, inputs[0]!, epsilonOf(node));
    }
    if (node.op === 'InstanceNormGrad') {
      const [dy, y, scale] = inputs as [Value, Value, Value];
      const forward = made.get(y);
      return [forward === undefined ? plainGradient(graph, dy, y, scale) : fusedGradient(graph, dy, forward)];
    }
    return undefined;
  });
}

const EPSILON = 1e-5;

function epsilonOf({ attributes: { epsilon } }: GraphNode): number {
  return epsilon !== undefined && 'float' in epsilon ? epsilon.float : EPSILON;
}

function fusedNorm(graph: Graph, x: Value, epsilon: number, made: Map<Value, Forward>): Value[] {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const vector = { shape: [channels], dtype: 'float32' } as const;
  const [ones, zeros, none] = [graph.fill(1, [channels]), graph.fill(0, [channels]), graph.fill(0, [0])];
  const attributes = { ...fusedAttributes(epsilon), exponential_avg_factor: float(1) };
  const shape = [1, height, width, channels];
  const nodes = pictures(graph, x).map((picture) =>
    graph.add(
      'FusedBatchNormV3',
      [picture, ones, zeros, none, none],
      [{ shape, dtype: x.dtype }, vector, vector, vector, vector, { shape: [0], dtype: 'float32' }],
      { attributes },
    ),
  );
  const y = together(graph, nodes.map(({ outputs }) => outputs[0]!)); // prettier-ignore
  made.set(y, {
    epsilon,
    pictures: nodes.map(({ inputs, outputs }) => ({
      x: inputs[0]!,
      reserved: [outputs[3]!, outputs[4]!, outputs[5]!],
    })),
  });
  const scales = nodes.map(({ outputs }) => scaleOf(graph, outputs[2]!, height * width, epsilon));
  return [y, batch === 1 ? scales[0]! : together(graph, scales)];
}

/** 1/σ `[1, 1, 1, c]` from the variance that the fused op reports, which is the unbiased one. */
function scaleOf(graph: Graph, variance: Value, count: number, epsilon: number): Value {
  const biased = graph.op('Mul', [variance, graph.fill((count - 1) / count)], variance);
  const inverse = graph.op('Rsqrt', [graph.op('AddV2', [biased, graph.fill(epsilon)], biased)], biased);
  return reshape(graph, inverse, [1, 1, 1, variance.shape[0]!]);
}

function fusedGradient(graph: Graph, dy: Value, forward: Forward): Value {
  const channels = dy.shape[3]!;
  const ones = graph.fill(1, [channels]);
  const vector = { shape: [channels], dtype: 'float32' } as const;
  const parts = pictures(graph, dy).map((part, i) => {
    const { x, reserved } = forward.pictures[i]!;
    const node = graph.add(
      'FusedBatchNormGradV3',
      [cast(graph, part, x.dtype), x, ones, ...reserved],
      [{ shape: part.shape, dtype: x.dtype }, vector, vector, { shape: [0], dtype: 'float32' }, { shape: [0], dtype: 'float32' }], // prettier-ignore
      { attributes: fusedAttributes(forward.epsilon) },
    );
    return node.outputs[0]!;
  });
  return cast(graph, together(graph, parts), dy.dtype);
}

const fusedAttributes = (epsilon: number): Record<string, Attribute> => ({
  epsilon: float(epsilon),
  data_format: string('NHWC'),
  is_training: bool(true),
});

function pictures(graph: Graph, x: Value): readonly Value[] {
  const [batch, ...rest] = x.shape as [number, number, number, number];
  if (batch === 1) return [x];
  const outputs = Array.from({ length: batch }, () => ({ shape: [1, ...rest], dtype: x.dtype }));
  const inputs = [x, graph.ints(Array<number>(batch).fill(1)), graph.ints([0], [])];
  return graph.add('SplitV', inputs, outputs, { attributes: { num_split: int(batch) } }).outputs;
}

function together(graph: Graph, parts: readonly Value[]): Value {
  const [first] = parts as [Value];
  if (parts.length === 1) return first;
  const output = { shape: [parts.length, ...first.shape.slice(1)], dtype: first.dtype };
  return graph.op('ConcatV2', [...parts, graph.ints([0], [])], output, { N: int(parts.length) });
}

/** Over each picture's own pixels, in float32: y = (x − mean) · scale and the scale. */
function plainNorm(graph: Graph, x: Value, epsilon: number): Value[] {
  const wide = cast(graph, x, 'float32');
  const mean = reduce(graph, 'Mean', wide, [1, 2], true);
  const centred = graph.op('Sub', [wide, mean], wide);
  const variance = reduce(graph, 'Mean', graph.op('Square', [centred], centred), [1, 2], true);
  const scale = graph.op('Rsqrt', [graph.op('AddV2', [variance, graph.fill(epsilon)], variance)], variance);
  return [cast(graph, graph.op('Mul', [centred, scale], centred), x.dtype), scale];
}

function plainGradient(graph: Graph, dy: Value, y: Value, scale: Value): Value {
  const [along, normal] = [cast(graph, dy, 'float32'), cast(graph, y, 'float32')];
  const mean = reduce(graph, 'Mean', along, [1, 2], true);
  const projected = reduce(graph, 'Mean', graph.op('Mul', [along, normal], along), [1, 2], true);
  const rest = graph.op('Sub', [graph.op('Sub', [along, mean], along), graph.op('Mul', [normal, projected], along)], along); // prettier-ignore
  return cast(graph, graph.op('Mul', [rest, scale], rest), dy.dtype);
}
