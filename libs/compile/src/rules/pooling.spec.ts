import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import { poolingRules } from './pooling.js';

type Size = number | [number, number];

const SHAPES: [string, Size, Size, 'valid' | 'same'][] = [
  ['2×2, valid', 2, 2, 'valid'],
  ['3×3 of stride 2, same', 3, 2, 'same'],
  ['3×2 of stride 1×2, valid', [3, 2], [1, 2], 'valid'],
  ['2×2 of stride 1, same', 2, 1, 'same'],
];

const CASES: RuleCase[] = SHAPES.flatMap(([name, size, strides, pad]): RuleCase[] => [
  {
    name: `maxPool ${name}`,
    inputs: [{ shape: [2, 7, 8, 3] }],
    call: (x) => tf.maxPool(x as tf.Tensor4D, size, strides, pad),
  },
  {
    name: `avgPool ${name}`,
    inputs: [{ shape: [2, 7, 8, 3] }],
    call: (x) => tf.avgPool(x as tf.Tensor4D, size, strides, pad),
  },
]);

describe('pooling rules', () => {
  describeRules(poolingRules, CASES);
});
