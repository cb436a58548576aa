import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import type { Sample } from '../testing/samples.js';
import { productRules } from './products.js';

const of = (...shape: number[]): Sample => ({ shape });
type Activation = 'linear' | 'relu' | 'elu' | 'relu6' | 'sigmoid' | 'leakyrelu' | 'prelu';

const TRANSPOSES: [boolean, boolean, Sample, Sample][] = [
  [false, false, of(4, 3), of(3, 5)],
  [true, false, of(3, 4), of(3, 5)],
  [false, true, of(4, 3), of(5, 3)],
  [true, true, of(3, 4), of(5, 3)],
];

const CASES: RuleCase[] = [
  ...TRANSPOSES.map(([left, right, a, b]): RuleCase => ({
    name: `matMul, transposed ${String(left)} ${String(right)}`,
    inputs: [a, b],
    call: (x, y) => tf.matMul(x, y, left, right),
  })),
  { name: 'matMul of batches', inputs: [of(2, 3, 4), of(2, 4, 2)], call: (x, y) => tf.matMul(x, y) },
  { name: 'matMul of two leading sides', inputs: [of(2, 3, 2, 4), of(2, 3, 4, 2)], call: (x, y) => tf.matMul(x, y) },
  { name: 'matMul of a batch and one matrix', inputs: [of(2, 3, 4), of(4, 5)], call: (x, y) => tf.matMul(x, y), gradient: false }, // prettier-ignore
  { name: 'matMul of one matrix and a batch', inputs: [of(3, 4), of(2, 4, 5)], call: (x, y) => tf.matMul(x, y), gradient: false }, // prettier-ignore
  { name: 'matMul of a stretched batch', inputs: [of(1, 3, 4), of(5, 4, 2)], call: (x, y) => tf.matMul(x, y), gradient: false }, // prettier-ignore
  { name: 'dot of vectors', inputs: [of(6), of(6)], call: (x, y) => tf.dot(x, y) },
  ...(['linear', 'relu', 'elu', 'relu6', 'sigmoid', 'leakyrelu', 'prelu'] as Activation[]).map(
    (activation): RuleCase => ({
      name: `fused matMul with ${activation}`,
      inputs: [of(4, 3), of(3, 5), of(5), ...(activation === 'prelu' ? [of(5)] : [])],
      call: (a, b, bias, alpha?: tf.Tensor) =>
        tf.fused.matMul({
          a,
          b,
          bias,
          activation,
          ...(alpha === undefined ? {} : { preluActivationWeights: alpha }),
          ...(activation === 'leakyrelu' ? { leakyreluAlpha: 0.1 } : {}),
        }),
    }),
  ),
  ...[[1], [4, 1], []].map((shape): RuleCase => ({
    name: `fused matMul with a bias of [${shape.join()}], of one number for all columns`,
    inputs: [of(4, 3), of(3, 5), of(...shape)],
    call: (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }),
  })),
  {
    name: 'fused matMul, transposed, without a bias',
    inputs: [of(3, 4), of(5, 3)],
    call: (a, b) => tf.fused.matMul({ a, b, transposeA: true, transposeB: true, activation: 'relu' }),
    gradient: false,
  },
];

describe('product rules', () => {
  describeRules(productRules, CASES);
});
