import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import type { Sample } from '../testing/samples.js';
import { reductionRules } from './reductions.js';

type Axis = number | number[] | undefined;
type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const REDUCTIONS: Record<string, Reduction> = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod };
const AXES: [Axis, boolean][] = [
  [undefined, false],
  [undefined, true],
  [1, false],
  [-1, true],
  [[0, 2], false],
  [[-2, -3], true],
];
const x: Sample = { shape: [2, 3, 4], range: [0.5, 2] };
const whole: Sample = { shape: [2, 3, 4], dtype: 'int32', range: [-3, 3] };
const truth: Sample = { shape: [2, 3, 4], dtype: 'bool' };
function moments(a: tf.Tensor): tf.Tensor[] {
  const { mean, variance } = tf.moments(a, [1], true);
  return [mean, variance];
}
const text = (axis: Axis, keep: boolean): string => `over ${axis === undefined ? 'everything' : String(axis)}${keep ? ', kept' : ''}`; // prettier-ignore

const CASES: RuleCase[] = [
  ...Object.entries(REDUCTIONS).flatMap(([name, call]) =>
    AXES.map(([axis, keep]): RuleCase => ({
      name: `${name} ${text(axis, keep)}`,
      inputs: [x],
      call: (a) => call(a, axis, keep),
      // tfjs 4.22 cannot differentiate products over axes counted from the end.
      ...(name === 'prod' && String(axis).includes('-') ? { gradient: false } : {}),
    })),
  ),
  ...Object.entries(REDUCTIONS).map(([name, call]): RuleCase => ({
    name: `${name} of int32`,
    inputs: [whole],
    call: (a) => call(a, 1),
    gradient: false,
  })),
  ...Object.entries({ all: tf.all, any: tf.any }).flatMap(([name, call]) =>
    AXES.map(([axis, keep]): RuleCase => ({
      name: `${name} ${text(axis, keep)}`,
      inputs: [truth],
      call: (a) => call(a, axis, keep),
      gradient: false,
    })),
  ),
  { name: 'sum of bool', inputs: [truth], call: (a) => tf.sum(a, 2), gradient: false },
  { name: 'sum over no axis', inputs: [x], call: (a) => tf.sum(a, []) },
  { name: 'sum of a scalar', inputs: [{ shape: [] }], call: (a) => tf.sum(a) },
  ...Object.entries({ argMax: tf.argMax, argMin: tf.argMin }).flatMap(([name, call]) =>
    [0, 2, -2].map((axis): RuleCase => ({
      name: `${name} over ${axis}`,
      inputs: [x],
      call: (a) => call(a, axis),
      gradient: false,
    })),
  ),
  ...[tf.argMax, tf.argMin].map((call): RuleCase => ({
    name: `${call.name} over the last axis, and on from its shape`,
    inputs: [x],
    // The sum's own shape comes from the static one.
    call: (a) => tf.sum(tf.cast(call(a, -1), 'float32'), -1),
    gradient: false,
  })),
  { name: 'argMax of bool', inputs: [truth], call: (a) => tf.argMax(a, 1), gradient: false },
  ...(
    [
      [0, false, false],
      [2, true, false],
      [-1, false, true],
      [1, true, true],
    ] as const
  ).flatMap(([axis, exclusive, reverse]): RuleCase[] => [
    {
      name: `cumsum over ${axis} ${exclusive ? 'exclusive ' : ''}${reverse ? 'reverse' : ''}`,
      inputs: [x],
      call: (a) => tf.cumsum(a, axis, exclusive, reverse),
      // tfjs 4.22 differentiates it along the last axis, counted from the first.
      ...(axis === 2 ? {} : { gradient: false }),
    },
    {
      name: `cumprod over ${axis} ${exclusive ? 'exclusive ' : ''}${reverse ? 'reverse' : ''}`,
      inputs: [x],
      call: (a) => tf.cumprod(a, axis, exclusive, reverse),
      gradient: false,
    },
  ]),
  ...[1, 3].map((k): RuleCase => ({
    name: `topk of ${k}`,
    inputs: [
      { shape: [5], range: [0.5, 2] },
      { shape: [4, 5], range: [-2, 2] },
    ],
    call: (a, b) => [tf.topk(a, k), tf.topk(b, k)].flatMap(({ values, indices }) => [values, indices]),
    gradient: false,
    bf16: false,
  })),
  { name: 'topk of int32', inputs: [whole], call: (a) => Object.values(tf.topk(a, 2)), gradient: false },
  { name: 'softmax', inputs: [x], call: (a) => tf.softmax(a) },
  { name: 'logSoftmax', inputs: [x], call: (a) => tf.logSoftmax(a) },
  { name: 'moments', inputs: [x], call: (a) => moments(a) },
  { name: 'norm', inputs: [x], call: (a) => tf.norm(a, 'euclidean', 1) },
];

describe('reduction rules', () => {
  describeRules(reductionRules, CASES);
});
