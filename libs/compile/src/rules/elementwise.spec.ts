import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import type { Sample } from '../testing/samples.js';
import { elementwiseRules } from './elementwise.js';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type Range = [number, number];

const of = (shape: number[], range: Range = [-2, 2]): Sample => ({ shape, range });
const whole = (shape: number[], range: Range = [-5, 5]): Sample => ({ shape, range, dtype: 'int32' });
const truth = (shape: number[]): Sample => ({ shape, dtype: 'bool' });

const UNARY: Record<string, [Unary, Range?, number?]> = {
  abs: [tf.abs],
  neg: [tf.neg],
  square: [tf.square],
  sign: [tf.sign],
  reciprocal: [tf.reciprocal, [0.5, 2]],
  floor: [tf.floor],
  ceil: [tf.ceil],
  round: [tf.round],
  sqrt: [tf.sqrt, [0.25, 4]],
  rsqrt: [tf.rsqrt, [0.25, 4]],
  exp: [tf.exp],
  expm1: [tf.expm1],
  log: [tf.log, [0.25, 4]],
  log1p: [tf.log1p, [-0.5, 3]],
  erf: [tf.erf],
  sin: [tf.sin],
  cos: [tf.cos],
  tan: [tf.tan, [-1, 1]],
  asin: [tf.asin, [-0.75, 0.75]],
  acos: [tf.acos, [-0.75, 0.75]],
  atan: [tf.atan],
  sinh: [tf.sinh],
  cosh: [tf.cosh],
  tanh: [tf.tanh],
  asinh: [tf.asinh],
  acosh: [tf.acosh, [1.25, 4]],
  atanh: [tf.atanh, [-0.75, 0.75]],
  sigmoid: [tf.sigmoid],
  softplus: [tf.softplus],
  elu: [tf.elu],
  selu: [tf.selu],
  relu: [tf.relu],
  relu6: [(x) => tf.relu6(tf.mul(x, 4))],
  'leakyRelu of slope 0.2': [(x) => tf.leakyRelu(x)],
  'leakyRelu of slope 0.01': [(x) => tf.leakyRelu(x, 0.01)],
  step: [(x) => tf.step(x)],
  'step of slope 0.3': [(x) => tf.step(x, 0.3)],
  'clipByValue above and below': [(x) => tf.clipByValue(x, -0.75, 1.25)],
};

const BINARY: Record<string, [Binary, Range?, Range?]> = {
  add: [tf.add],
  sub: [tf.sub],
  mul: [tf.mul],
  div: [tf.div, [-2, 2], [0.5, 2]],
  floorDiv: [tf.floorDiv, [-2, 2], [0.5, 2]],
  mod: [tf.mod, [-2, 2], [0.5, 2]],
  maximum: [tf.maximum],
  minimum: [tf.minimum],
  squaredDifference: [tf.squaredDifference],
  pow: [tf.pow, [0.5, 2], [-2, 2]],
  atan2: [tf.atan2, [0.5, 2], [0.5, 2]],
};
const COMPARISONS: Record<string, Binary> = {
  ...{ equal: tf.equal, notEqual: tf.notEqual, greater: tf.greater, greaterEqual: tf.greaterEqual },
  ...{ less: tf.less, lessEqual: tf.lessEqual },
};
/** Equal, a scalar on either side, a vector, both sides stretched. */
const BROADCASTS: [number[], number[]][] = [
  [[2, 3, 4], [2, 3, 4]], // prettier-ignore
  [[2, 3, 4], []],
  [[], [3]],
  [[2, 3, 4], [4]],
  [[4, 1, 3], [2, 1]], // prettier-ignore
];

/** Small whole numbers have sums and products that bfloat16 would round. */
const integer = { gradient: false, bf16: false } as const;

const CASES: RuleCase[] = [
  ...Object.entries(UNARY).flatMap(([name, [call, range, bf16]]) =>
    [[2, 3, 4], []].map((shape): RuleCase => ({
      name: `${name} [${shape.join()}]`,
      inputs: [of(shape, range)],
      call: (x) => call(x),
      ...(bf16 === undefined ? {} : { bf16 }),
    })),
  ),
  ...Object.entries(BINARY).flatMap(([name, [call, a, b]]) =>
    BROADCASTS.map(([left, right]): RuleCase => ({
      name: `${name} [${left.join()}] [${right.join()}]`,
      inputs: [of(left, a), of(right, b)],
      call: (x, y) => call(x, y),
      // tfjs 4.22 cannot differentiate these where they broadcast.
      ...(/imum|squaredDifference/.test(name) && left.join() !== right.join() ? { gradient: false } : {}),
    })),
  ),
  ...['add', 'sub', 'mul', 'maximum', 'minimum', 'squaredDifference'].map((name): RuleCase => ({
    name: `${name} of int32`,
    inputs: [whole([2, 3]), whole([3])],
    call: (x, y) => BINARY[name]![0](x, y),
    ...integer,
  })),
  ...['floorDiv', 'mod', 'div'].map((name): RuleCase => ({
    name: `${name} of int32`,
    inputs: [whole([2, 3], [-9, 9]), whole([3], [1, 4])],
    call: (x, y) => BINARY[name]![0](x, y),
    ...integer,
  })),
  { name: 'pow of int32', inputs: [whole([2, 3]), whole([3], [0, 4])], call: (x, y) => tf.pow(x, y), ...integer },
  { name: 'mul of int32 and float32', inputs: [whole([2, 3]), of([3])], call: (x, y) => tf.mul(x, y) },
  ...Object.entries(COMPARISONS).flatMap(([name, call]): RuleCase[] => [
    { name: `${name} of float32`, inputs: [of([5, 4], [-0.2, 0.2]), of([4], [-0.2, 0.2])], call: (x, y) => call(x, y), gradient: false }, // prettier-ignore
    { name: `${name} of int32`, inputs: [whole([5, 4], [0, 2]), whole([4], [0, 2])], call: (x, y) => call(x, y), gradient: false }, // prettier-ignore
  ]),
  { name: 'logicalAnd', inputs: [truth([4, 3]), truth([3])], call: (x, y) => tf.logicalAnd(x, y), gradient: false },
  { name: 'logicalOr', inputs: [truth([4, 3]), truth([3])], call: (x, y) => tf.logicalOr(x, y), gradient: false },
  { name: 'logicalNot', inputs: [truth([4, 3])], call: (x) => tf.logicalNot(x), gradient: false },
  ...Object.entries({ isNaN: tf.isNaN, isFinite: tf.isFinite, isInf: tf.isInf }).map(([name, call]): RuleCase => ({
    name,
    // 1 / 0 and 0 / 0 among others.
    inputs: [of([20], [-0.05, 0.05]), of([20], [-0.05, 0.05])],
    call: (x, y) => call(tf.div(x, y)),
    gradient: false,
  })),
  {
    name: 'step of what is not a number',
    inputs: [of([20], [-0.05, 0.05]), of([20], [-0.05, 0.05])],
    // 0 / 0 and ∞ / ∞ among others, told apart by what stays of them in a sum.
    call: (x, y) => tf.isNaN(tf.step(tf.div(tf.mul(x, 0), tf.round(y)), 0.5)),
    gradient: false,
  },
  {
    name: 'prelu with a slope of each channel',
    inputs: [of([2, 3, 4]), of([4], [0, 0.5])],
    call: (x, alpha) => tf.prelu(x, alpha),
  },
  {
    name: 'prelu with one constant slope',
    inputs: [of([2, 3, 4])],
    call: (x) => tf.prelu(x, tf.fill([4], 0.25)),
  },
  {
    name: 'exp of int32',
    inputs: [whole([2, 3])],
    call: (x) => tf.exp(x),
    // tfjs-node disposes of the whole numbers.
    reference: (x) => tf.exp(tf.cast(x, 'float32')),
    gradient: false,
  },
  { name: 'logSoftmax of int32', inputs: [whole([2, 3])], call: (x) => tf.logSoftmax(x), reference: (x) => tf.logSoftmax(tf.cast(x, 'float32')), gradient: false }, // prettier-ignore
  { name: 'prelu of int32', inputs: [whole([2, 3]), of([3])], call: (x, alpha) => tf.prelu(x, alpha), ...integer },
  { name: 'prelu with int32', inputs: [of([2, 3]), whole([3])], call: (x, alpha) => tf.prelu(x, alpha), gradient: false }, // prettier-ignore
  {
    name: 'where with a condition of each element',
    inputs: [truth([3, 4]), of([3, 4]), of([3, 4])],
    call: (condition, x, y) => tf.where(condition, x, y),
  },
  {
    name: 'where, broadcast',
    inputs: [truth([4]), of([3, 4]), of([])],
    call: (condition, x, y) => tf.where(condition, x, y),
  },
  {
    name: 'where of int32',
    inputs: [truth([3, 4]), whole([3, 4]), whole([3, 4])],
    call: (condition, x, y) => tf.where(condition, x, y),
    gradient: false,
  },
  { name: 'addN', inputs: [of([2, 3]), of([2, 3]), of([2, 3])], call: (x, y, z) => tf.addN([x, y, z]) },
];

describe('elementwise rules', () => {
  describeRules(elementwiseRules, CASES);
});
