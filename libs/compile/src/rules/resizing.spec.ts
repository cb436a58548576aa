import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import { resizingRules } from './resizing.js';

const SIZES: [string, [number, number]][] = [
  ['larger', [9, 11]],
  ['smaller', [3, 2]],
  ['by two', [10, 8]],
  ['larger and smaller', [7, 3]],
];

type Resize = (x: tf.Tensor4D, size: [number, number], corners: boolean, centres: boolean) => tf.Tensor4D;
const RESIZES: Record<string, Resize> = {
  resizeBilinear: tf.image.resizeBilinear,
  resizeNearestNeighbor: tf.image.resizeNearestNeighbor,
};

/** A resize as the product with a matrix, of what becomes of every single pixel: eager tfjs differentiates it rightly. */
const asProduct =
  (resize: Resize, [height, width]: [number, number]) =>
  (x: tf.Tensor): tf.Tensor => {
    const [batch, h, w, channels] = x.shape as [number, number, number, number];
    const pixels = tf.reshape<tf.Rank.R4>(tf.eye(h * w), [h * w, h, w, 1]);
    const matrix = tf.reshape(resize(pixels, [height, width], false, true), [1, h * w, height * width]);
    const resized = tf.matMul(tf.tile(matrix, [batch, 1, 1]), tf.reshape(x, [batch, h * w, channels]), true);
    return tf.reshape(resized, [batch, height, width, channels]);
  };

const CASES: RuleCase[] = Object.entries(RESIZES).flatMap(([op, resize]) =>
  SIZES.flatMap(([name, size]) =>
    [[false, false], [true, false], [false, true]].map(([corners, centres]): RuleCase => ({
      name: `${op} ${name}${corners ? ', corners aligned' : ''}${centres ? ', half-pixel centres' : ''}`,
      inputs: [{ shape: [2, 5, 4, 3] }],
      call: (x) => resize(x as tf.Tensor4D, size, corners!, centres!),
      // The gradient of tfjs-node at half-pixel centres is the one of none, and wrong.
      ...(centres ? { reference: asProduct(resize, size) } : {}),
    })),
  ),
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
