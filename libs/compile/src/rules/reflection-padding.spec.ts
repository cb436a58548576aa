import type * as tf from '@tensorflow/tfjs';
import { reflectionPad2d } from '@kinemacolor/tensor';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import { reflectionPaddingRules } from './reflection-padding.js';

/** Borders that overlap, that do not, and none. */
const SHAPES: [number[], number][] = [
  [[1, 5, 6, 3], 1],
  [[2, 6, 5, 8], 3],
  [[3, 4, 4, 4], 3],
  [[1, 8, 7, 2], 2],
  [[2, 5, 5, 16], 0],
];

const CASES: RuleCase[] = SHAPES.map(([shape, pad]) => ({
  name: `[${shape.join()}] by ${pad}`,
  inputs: [{ shape }],
  call: (x) => reflectionPad2d(x as tf.Tensor4D, pad),
}));

describe('reflection padding rules', () => {
  describeRules(reflectionPaddingRules, CASES);
});
