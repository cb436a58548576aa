import * as tf from '@tensorflow/tfjs';
import { instanceNorm } from '@kinemacolor/tensor';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import type { Sample } from '../testing/samples.js';
import { normalisationRules } from './normalisation.js';

const vector: Sample = { shape: [3] };
const variance: Sample = { shape: [3], range: [0.5, 2] };
const picture: Sample = { shape: [2, 4, 5, 3] };

// Without a scale tfjs-node 4.22 cannot differentiate it.
const CASES: RuleCase[] = [
  ...[[1, 6, 5, 3], [3, 6, 5, 4], [2, 3, 3, 1], [1, 8, 8, 8]].map((shape): RuleCase => ({
    name: `instance norm [${shape.join()}]`,
    inputs: [{ shape }],
    call: (x) => instanceNorm(x as tf.Tensor4D),
  })), // prettier-ignore
  {
    name: 'instance norm of a large ε',
    inputs: [picture],
    call: (x) => instanceNorm(x as tf.Tensor4D, 0.5),
  },
  {
    name: 'instance norm around a large mean',
    inputs: [{ shape: [2, 6, 5, 3], range: [2, 4] }],
    call: (x) => instanceNorm(x as tf.Tensor4D),
  },
  {
    name: 'instance norm between activations',
    inputs: [{ shape: [2, 6, 5, 4] }],
    call: (x) => tf.relu(instanceNorm(tf.relu(x as tf.Tensor4D))),
  },
  {
    name: 'batchNorm with everything',
    inputs: [picture, vector, variance, vector, vector],
    call: (x, mean, spread, offset, scale) => tf.batchNorm(x, mean, spread, offset, scale, 0.01),
  },
  {
    name: 'batchNorm without scale and offset',
    inputs: [picture, vector, variance],
    call: (x, mean, spread) => tf.batchNorm(x, mean, spread),
    gradient: false,
  },
  {
    name: 'batchNorm with a statistic of each element',
    inputs: [picture, picture, { ...picture, range: [0.5, 2] }],
    call: (x, mean, spread) => tf.batchNorm(x, mean, spread),
    gradient: false,
  },
];

describe('normalisation rules', () => {
  describeRules(normalisationRules, CASES);
});
