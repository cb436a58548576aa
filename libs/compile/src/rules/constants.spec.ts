import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import type { Sample } from '../testing/samples.js';
import { constantRules } from './constants.js';

const x: Sample = { shape: [2, 3] };
const whole: Sample = { shape: [2, 3], dtype: 'int32', range: [-2, 2] };
const truth: Sample = { shape: [2, 3], dtype: 'bool' };
const fixed = { gradient: false } as const;

const CASES: RuleCase[] = [
  { name: 'fill with a number', inputs: [x], call: (a) => tf.add(a, tf.fill([2, 3], 1.5)) },
  { name: 'fill with one int32', inputs: [], call: () => tf.fill([2, 3], 7, 'int32'), ...fixed },
  { name: 'fill with false', inputs: [], call: () => tf.fill([4], 0, 'bool'), ...fixed },
  { name: 'zeros and ones', inputs: [], call: () => [tf.zeros([2, 1]), tf.ones([3], 'int32')], ...fixed },
  { name: 'zerosLike of float32', inputs: [x], call: (a) => tf.zerosLike(a) },
  { name: 'zerosLike of bool', inputs: [truth], call: (a) => tf.zerosLike(a), ...fixed },
  { name: 'onesLike of float32', inputs: [x], call: (a) => tf.onesLike(a) },
  { name: 'onesLike of int32', inputs: [whole], call: (a) => tf.onesLike(a), ...fixed },
  { name: 'range upwards', inputs: [], call: () => tf.range(0, 5, 1, 'int32'), ...fixed },
  { name: 'range in fractions', inputs: [], call: () => tf.range(-1, 1, 0.3), ...fixed },
  { name: 'range downwards', inputs: [], call: () => tf.range(5, 0, -2, 'int32'), ...fixed },
  { name: 'range downwards with the step left out', inputs: [], call: () => tf.range(3, 0), ...fixed },
  { name: 'oneHot', inputs: [{ shape: [5], dtype: 'int32', range: [0, 3] }], call: (a) => tf.oneHot(a, 4), ...fixed },
  {
    name: 'oneHot of a matrix with other values',
    inputs: [{ shape: [2, 3], dtype: 'int32', range: [0, 3] }],
    call: (a) => tf.oneHot(a, 3, 0.75, 0.25, 'float32'),
    ...fixed,
  },
  { name: 'cast to int32 and back', inputs: [x], call: (a) => tf.cast(tf.cast(a, 'int32'), 'float32'), ...fixed },
  { name: 'cast to the same type', inputs: [x], call: (a) => tf.cast(a, 'float32') },
  { name: 'cast of float32 to bool', inputs: [x], call: (a) => tf.cast(tf.floor(a), 'bool'), ...fixed },
  { name: 'cast of int32 to bool', inputs: [whole], call: (a) => tf.cast(a, 'bool'), ...fixed },
  { name: 'cast of bool', inputs: [truth], call: (a) => [tf.cast(a, 'float32'), tf.cast(a, 'int32')], ...fixed },
  { name: 'cast of int32 to float32', inputs: [whole, x], call: (a, b) => tf.mul(tf.cast(a, 'float32'), b) },
  { name: 'constants from outside', inputs: [x], call: (a) => tf.mul(a, tf.tensor2d([[1, 2, 3], [-4, 5, 0.1]])) }, // prettier-ignore
  { name: 'a constant vector of bool', inputs: [x], call: (a) => tf.where(tf.tensor1d([true, false, true]), a, tf.neg(a)) }, // prettier-ignore
];

describe('constant rules', () => {
  describeRules(constantRules, CASES);
});
