import * as tf from '@tensorflow/tfjs';
import { instanceNorm, loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GraphNode } from '../graph/graph.js';
import { adam } from '../optimisers/adam.js';
import { compile } from '../runtime/compile.js';
import { assign } from '../trace/assign.js';
import { trace } from '../trace/trace.js';
import { ALL_PASSES, runPasses } from './index.js';

let nodes: readonly GraphNode[] = [];

/** A training step with everything that has a type of its own under the policy. */
beforeAll(async () => {
  await loadBackend('cpu');
  const weights = tf.tidy(() => [
    tf.variable(tf.randomNormal([3, 3, 2, 4], 0, 1, 'float32', 1)),
    tf.variable(tf.randomNormal([3, 3, 4, 2], 0, 1, 'float32', 2)),
  ]);
  const [into, out] = weights as [tf.Variable<tf.Rank.R4>, tf.Variable<tf.Rank.R4>];
  const optimiser = adam(weights);
  const step = (x: tf.Tensor4D, truth: tf.Tensor4D): Record<string, tf.Tensor> => {
    const { value, grads } = tf.variableGrads(() => {
      const hidden = tf.relu(instanceNorm(tf.conv2d(x, into, 1, 'same')));
      return tf.mean(tf.abs(tf.sub(tf.tanh(tf.conv2d(hidden, out, 1, 'same')), truth)));
    }, weights);
    optimiser.apply(grads, { rate: 0.1 });
    return { value };
  };
  const shape = [1, 8, 8, 2];
  const variables = [...weights, ...optimiser.variables];
  const traced = trace({ main: { fn: step, signature: [{ shape }, { shape }] } }, variables);
  nodes = runPasses(traced, ALL_PASSES, { device: 'cpu', precision: 'bf16' }).graph.nodes;
  tf.dispose(variables);
});

const typesOf = (op: string): string[] => [
  ...new Set(nodes.filter((node) => node.op === op).map(({ outputs }) => outputs[0]!.dtype)),
];

/** A sigmoid and a logarithm lie between the product and the mean. */
function logLossTypes(): Map<string, string[]> {
  const kernel = tf.variable(tf.randomNormal([3, 3, 2, 1], 0, 3, 'float32', 1));
  const loss = (x: tf.Tensor4D, truth: tf.Tensor4D): tf.Tensor =>
    tf.losses.logLoss(truth, tf.sigmoid(tf.conv2d(x, kernel as tf.Tensor4D, 1, 'same')));
  const signature = [{ shape: [1, 8, 8, 2] }, { shape: [1, 8, 8, 1] }];
  const traced = trace({ main: { fn: loss, signature } }, [kernel]);
  const { graph } = runPasses(traced, ALL_PASSES, { device: 'cpu', precision: 'bf16' });
  kernel.dispose();
  const types = new Map<string, string[]>();
  for (const { op, outputs } of graph.nodes) {
    types.set(op, [...(types.get(op) ?? []), ...outputs.slice(0, 1).map(({ dtype }) => dtype)]);
  }
  return types;
}

describe('the policy bf16', () => {
  it.each(['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'FusedBatchNormV3', 'Relu', 'ReluGrad'])(
    'has %s in bfloat16',
    (op) => {
      expect(typesOf(op)).toEqual(['bfloat16']);
    },
  );

  it.each(['Mean', 'Sub', 'Abs', 'ReadVariableOp', 'Placeholder', 'Identity'])('keeps %s in float32', (op) => {
    expect(typesOf(op).filter((type) => type !== 'int32')).toEqual(['float32']);
  });

  it('keeps what lies under a logarithm of a loss in float32, down to the product', () => {
    const types = logLossTypes();
    expect(types.get('Conv2D')).toEqual(['bfloat16']);
    expect(types.get('Sigmoid')).toEqual(['float32']);
    expect(new Set(types.get('Log'))).toEqual(new Set(['float32']));
  });

  it('keeps what changes a weight in float32, from the product down, whoever wrote the update', async () => {
    const weight = tf.variable(tf.ones<tf.Rank.R2>([8, 8]));
    const sum = tf.variable(tf.zeros([8, 8]));
    const rate = tf.fill([8, 8], 1e-4);
    const step = (x: tf.Tensor2D): tf.Tensor => {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.matMul(x, weight)), [weight]);
      const gradient = grads[weight.name]!;
      assign(weight, tf.sub(weight, tf.mul(gradient, rate)));
      assign(sum, tf.add(sum, gradient));
      return value;
    };
    const compiled = await compile(step, [{ shape: [4, 8] }], { variables: [weight, sum], precision: 'bf16' });
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R2>([4, 8]);
      for (let i = 0; i < 500; i++) compiled(x);
    });
    compiled.readVariables();
    expect(weight.dataSync()[0]).toBeCloseTo(0.8, 4);
    expect(sum.dataSync()[0]).toBe(2000);
    compiled.dispose();
    tf.dispose([weight, sum, rate]);
  });

  it('keeps the statistics of norms in float32', () => {
    const statistics = nodes.filter(({ op }) => op === 'FusedBatchNormV3').flatMap(({ outputs }) => outputs.slice(1));
    expect(statistics).not.toEqual([]);
    expect(statistics.every(({ dtype }) => dtype === 'float32')).toBe(true);
  });

  it('gives the optimiser float32 gradients and weights', () => {
    const updates = nodes.filter(({ op }) => op === 'ResourceApplyAdam');
    expect(updates).toHaveLength(2);
    for (const { inputs } of updates) {
      expect(inputs.map(({ dtype }) => dtype)).toEqual([...Array<string>(3).fill('resource'), ...Array<string>(7).fill('float32')]); // prettier-ignore
    }
  });

  it('never mixes types in one op', () => {
    const free = new Set(['Cast', 'FusedBatchNormV3', 'FusedBatchNormGradV3', 'SelectV2', 'Greater']);
    for (const { op, inputs, outputs } of nodes.filter((node) => !free.has(node.op))) {
      const types = new Set([...inputs, ...outputs].map(({ dtype }) => dtype).filter((type) => /float/.test(type)));
      expect(types.size, op).toBeLessThanOrEqual(1);
    }
  });
});
