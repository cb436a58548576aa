import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import { resizingRules } from './resizing.js';

const SIZES: [string, [number, number]][] = [
  ['larger', [9, 11]],
  ['smaller', [3, 2]],
  ['by two', [10, 8]],
];

const CASES: RuleCase[] = SIZES.flatMap(([name, size]) =>
  [[false, false], [true, false], [false, true]].flatMap(([corners, centres]): RuleCase[] => {
    const text = `${name}${corners ? ', corners aligned' : ''}${centres ? ', half-pixel centres' : ''}`;
    // tfjs has gradients for corners only: that of half-pixel centres is the one of none, and wrong.
    const gradient = centres ? ({ gradient: false } as const) : {};
    return [
      {
        name: `resizeBilinear ${text}`,
        inputs: [{ shape: [2, 5, 4, 3] }],
        call: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, size, corners, centres),
        ...gradient,
      },
      {
        name: `resizeNearestNeighbor ${text}`,
        inputs: [{ shape: [2, 5, 4, 3] }],
        call: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, size, corners, centres),
        ...gradient,
      },
    ];
  }),
); // prettier-ignore

CASES.push({
  name: 'resizeBilinear of whole numbers, and on from its type',
  inputs: [{ shape: [1, 3, 2, 2], dtype: 'int32' }],
  call: (x) => tf.mul(tf.image.resizeBilinear(x as tf.Tensor4D, [5, 4]), 0.5),
  gradient: false,
});

describe('resizing rules', () => {
  describeRules(resizingRules, CASES);
});
