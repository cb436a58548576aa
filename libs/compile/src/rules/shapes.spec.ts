import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import type { Sample } from '../testing/samples.js';
import { shapeRules } from './shapes.js';

const of = (...shape: number[]): Sample => ({ shape });
const whole = (...shape: number[]): Sample => ({ shape, dtype: 'int32' });
const index = (most: number, ...shape: number[]): Sample => ({ shape, dtype: 'int32', range: [0, most] });
const truth: Sample = { shape: [2, 3], dtype: 'bool' };

const CASES: RuleCase[] = [
  { name: 'clone', inputs: [of(2, 3)], call: (x) => tf.clone(x) },
  { name: 'reshape', inputs: [of(2, 3, 4)], call: (x) => tf.reshape(x, [4, 6]) },
  { name: 'reshape with one side left open', inputs: [of(2, 3, 4)], call: (x) => tf.reshape(x, [-1, 8]) },
  { name: 'reshape to a scalar', inputs: [of(1, 1)], call: (x) => tf.reshape(x, []) },
  { name: 'reshape of bool', inputs: [truth], call: (x) => tf.reshape(x, [6]), gradient: false },
  { name: 'squeeze', inputs: [of(2, 1, 3, 1)], call: (x) => tf.squeeze(x, [1]) },
  ...[0, 1, -1, -3].map((axis): RuleCase => ({
    name: `expandDims at ${axis}`,
    inputs: [of(2, 3)],
    call: (x) => tf.expandDims(x, axis),
  })),
  { name: 'transpose of a matrix', inputs: [of(2, 3)], call: (x) => tf.transpose(x) },
  { name: 'transpose of four sides', inputs: [of(2, 3, 4, 5)], call: (x) => tf.transpose(x, [0, 3, 1, 2]) },
  { name: 'transpose of bool', inputs: [truth], call: (x) => tf.transpose(x), gradient: false },
  { name: 'slice to the end', inputs: [of(4, 5, 6)], call: (x) => tf.slice(x, [1, 0, 2], [2, -1, 3]) },
  { name: 'slice of the first side', inputs: [of(4, 5)], call: (x) => tf.slice(x, 1, 2) },
  { name: 'slice of int32', inputs: [whole(4, 5)], call: (x) => tf.slice(x, [1, 2], [3, 1]), gradient: false },
  { name: 'stridedSlice by steps', inputs: [of(6, 7)], call: (x) => tf.stridedSlice(x, [0, 1], [6, 7], [2, 3]), gradient: false }, // prettier-ignore
  { name: 'stridedSlice backwards', inputs: [of(6, 7)], call: (x) => tf.stridedSlice(x, [5, 6], [1, -8], [-2, -1]), gradient: false }, // prettier-ignore
  { name: 'stridedSlice with open ends', inputs: [of(6, 7)], call: (x) => tf.stridedSlice(x, [3, 2], [5, 4], [1, 1], 1, 2), gradient: false }, // prettier-ignore
  { name: 'stridedSlice that drops a side', inputs: [of(6, 7)], call: (x) => tf.stridedSlice(x, [3, 0], [4, 7], [1, 2], 0, 0, 0, 0, 1), gradient: false }, // prettier-ignore
  { name: 'stridedSlice with a new side', inputs: [of(6, 7)], call: (x) => tf.stridedSlice(x, [0, 1], [1, 5], [1, 1], 0, 0, 0, 1, 0), gradient: false }, // prettier-ignore
  { name: 'stridedSlice with an ellipsis', inputs: [of(3, 4, 5)], call: (x) => tf.stridedSlice(x, [0, 1], [0, 4], [1, 1], 0, 0, 1), gradient: false }, // prettier-ignore
  { name: 'pad with zeros', inputs: [of(2, 3)], call: (x) => tf.pad(x, [[1, 0], [2, 1]]) }, // prettier-ignore
  { name: 'pad with a number', inputs: [of(1, 2, 3, 2)], call: (x) => tf.pad(x, [[0, 0], [1, 1], [0, 2], [0, 0]], -0.5) }, // prettier-ignore
  { name: 'pad of int32', inputs: [whole(3)], call: (x) => tf.pad(x, [[2, 1]], 9), gradient: false },
  { name: 'mirrorPad reflecting', inputs: [of(2, 4, 5, 3)], call: (x) => tf.mirrorPad(x, [[0, 0], [2, 1], [1, 3], [0, 0]], 'reflect') }, // prettier-ignore
  { name: 'mirrorPad symmetric', inputs: [of(4, 5)], call: (x) => tf.mirrorPad(x, [[4, 1], [0, 2]], 'symmetric') }, // prettier-ignore
  { name: 'concat of three along 1', inputs: [of(2, 1), of(2, 3), of(2, 2)], call: (x, y, z) => tf.concat([x, y, z], 1) }, // prettier-ignore
  { name: 'concat along the last side', inputs: [of(2, 2, 3), of(2, 2, 1)], call: (x, y) => tf.concat([x, y], -1) },
  { name: 'concat of one', inputs: [of(2, 2)], call: (x) => tf.concat([x], 0) },
  { name: 'concat of int32', inputs: [whole(2), whole(3)], call: (x, y) => tf.concat([x, y]), gradient: false },
  { name: 'split in equal parts', inputs: [of(4, 6)], call: (x) => tf.split(x, 3, 1) },
  { name: 'split in given parts', inputs: [of(2, 6)], call: (x) => tf.split(x, [1, 2, 3], -1) },
  { name: 'split with one part left open', inputs: [of(5, 2)], call: (x) => tf.split(x, [2, -1], 0) },
  { name: 'stack', inputs: [of(2, 3), of(2, 3)], call: (x, y) => tf.stack([x, y]) },
  { name: 'stack along the last side', inputs: [of(2, 3), of(2, 3)], call: (x, y) => tf.stack([x, y], -1) },
  { name: 'stack along 1', inputs: [of(2, 3), of(2, 3), of(2, 3)], call: (x, y, z) => tf.stack([x, y, z], 1) },
  { name: 'unstack', inputs: [of(3, 2)], call: (x) => tf.unstack(x) },
  { name: 'unstack along the last side', inputs: [of(2, 2, 3)], call: (x) => tf.unstack(x, -1) },
  { name: 'tile', inputs: [of(2, 3)], call: (x) => tf.tile(x, [3, 2]) },
  { name: 'tile of one side', inputs: [of(2, 1, 3)], call: (x) => tf.tile(x, [1, 4, 1]) },
  { name: 'broadcastTo', inputs: [of(3, 1)], call: (x) => tf.broadcastTo(x, [2, 3, 4]) },
  { name: 'reverse', inputs: [of(2, 3, 4)], call: (x) => tf.reverse(x, [0, -1]) },
  { name: 'reverse of everything', inputs: [of(2, 3)], call: (x) => tf.reverse(x) },
  { name: 'flipLeftRight', inputs: [of(2, 3, 4, 2)], call: (x) => tf.image.flipLeftRight(x as tf.Tensor4D), gradient: false }, // prettier-ignore
  { name: 'gather of rows', inputs: [of(4, 3), index(3, 5)], call: (x, i) => tf.gather(x, i) },
  { name: 'gather along 1 by a matrix', inputs: [of(2, 4, 3), index(3, 2, 2)], call: (x, i) => tf.gather(x, i, 1) },
  {
    name: 'gather along the last side',
    inputs: [of(2, 4), index(3, 3)],
    call: (x, i) => tf.gather(x, i, -1),
    reference: (x, i) => tf.gather(x, i, 1),
    gradient: false,
  },
  { name: 'gather in batches', inputs: [of(2, 4, 3), index(3, 2, 5)], call: (x, i) => tf.gather(x, i, 1, 1), gradient: false }, // prettier-ignore
  {
    name: 'unsortedSegmentSum',
    inputs: [of(5, 2), index(2, 5)],
    call: (x, i) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 4),
    gradient: false,
  },
  { name: 'depthToSpace', inputs: [of(2, 3, 2, 12)], call: (x) => tf.depthToSpace(x as tf.Tensor4D, 2), gradient: false }, // prettier-ignore
];

describe('shape rules', () => {
  describeRules(shapeRules, CASES);
});
