import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { describeRules, type RuleCase } from '../testing/rule-table.js';
import type { Sample } from '../testing/samples.js';
import { convolutionRules } from './convolutions.js';

type Explicit = [[0, 0], [number, number], [number, number], [0, 0]];
type Pad = 'same' | 'valid' | number | Explicit;
type Stride = number | [number, number];
type Activation = 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'linear' | 'leakyrelu' | 'prelu';

const picture: Sample = { shape: [2, 8, 7, 3] };
const filter = (size: [number, number], inputs: number, outputs: number): Sample => ({
  shape: [...size, inputs, outputs],
  range: [-0.5, 0.5],
});
const zeros = (x: tf.Tensor, pad: number | Explicit): tf.Tensor4D =>
  tf.pad(
    x as tf.Tensor4D,
    typeof pad === 'number'
      ? [
          [0, 0],
          [pad, pad],
          [pad, pad],
          [0, 0],
        ]
      : pad,
  );

const PLAIN: [string, [number, number], Stride, Pad, Stride?][] = [
  ['valid 3×3', [3, 3], 1, 'valid'],
  ['same 3×2 of stride 2', [3, 2], 2, 'same'],
  ['same 4×4 of stride 2×1', [4, 4], [2, 1], 'same'],
  ['valid 1×1', [1, 1], 1, 'valid'],
  ['padded by 1, stride 2', [3, 3], 2, 1],
  ['padded unevenly', [3, 3], 1, [[0, 0], [1, 0], [2, 1], [0, 0]]], // prettier-ignore
  ['dilated by 2', [3, 3], 1, 'same', 2],
  ['dilated by 1×3', [2, 2], 1, 'valid', [1, 3]],
];

/** tfjs-node knows 'valid' and 'same', and explicit pads only forward; tfjs has no gradient with dilations. */
function withReference(one: RuleCase, pad: Pad, valid: RuleCase['call'], dilated: boolean): RuleCase {
  const padded = typeof pad === 'string' ? {} : { reference: (x: tf.Tensor, ...rest: tf.Tensor[]) => valid(zeros(x, pad), ...rest) }; // prettier-ignore
  return { ...one, ...padded, ...(dilated ? { gradient: false } : {}) };
}

const conv2d = PLAIN.map(([name, size, stride, pad, dilation]): RuleCase => {
  const call = (padding: Pad) => (x: tf.Tensor, w: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding, 'NHWC', dilation ?? 1);
  const one = { name: `conv2d ${name}`, inputs: [picture, filter(size, 3, 5)], call: call(pad) };
  return withReference(one, pad, call('valid'), dilation !== undefined);
});

const depthwise = PLAIN.filter(([, , stride]) => typeof stride === 'number').map(
  ([name, size, stride, pad, dilation]): RuleCase => {
    const call = (padding: Pad) => (x: tf.Tensor, w: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding, 'NHWC', dilation ?? 1);
    const one = { name: `depthwiseConv2d ${name}`, inputs: [picture, filter(size, 3, 2)], call: call(pad) };
    return withReference(one, pad, call('valid'), dilation !== undefined);
  },
);

const transposed = (
  [
    ['3×3 of stride 2, same', 3, 2, 'same', [2, 10, 8, 2]],
    ['4×4 of stride 2, valid', 4, 2, 'valid', [2, 12, 10, 2]],
    ['3×3 of stride 1, same', 3, 1, 'same', [2, 5, 4, 2]],
  ] as const
).map(([name, size, stride, pad, shape]): RuleCase => ({
  name: `conv2dTranspose ${name}`,
  inputs: [{ shape: [2, 5, 4, 3] }, filter([size, size], 2, 3)],
  call: (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [...shape], stride, pad),
}));

/**
 * A filter of one pixel with a stride, held against one of 2×2 that is 0 but for its first: the gradient of the eager call
 * writes beyond its memory.
 */
const sparse = (['same', 'valid', 1] as const).map((pad): RuleCase => ({
  name: `conv2d 1×1 of stride 2, padded ${pad}`,
  inputs: [{ shape: [2, 16, 11, 3] }, filter([1, 1], 3, 5)],
  call: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 2, pad),
  reference: (x: tf.Tensor4D, w: tf.Tensor4D) => {
    const before = typeof pad === 'number' ? pad : 0;
    const framed = zeros(x, [[0, 0], [before, before + 1], [before, before + 1], [0, 0]]); // prettier-ignore
    return tf.conv2d(framed, tf.pad(w, [[0, 1], [0, 1], [0, 0], [0, 0]]), 2, 'valid'); // prettier-ignore
  },
}));

const ACTIVATIONS: Activation[] = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'];
/** Where rounding carries a sum over the kink of a ReLU, its gradient comes or goes. */
const KINKED = new Set(['relu', 'relu6', 'prelu', 'leakyrelu']);
const KINK_BOUND = 0.25;

const fused = ACTIVATIONS.flatMap((activation): RuleCase[] => {
  const slope = { shape: [5], range: [0, 0.5] } as const;
  const bf16 = KINKED.has(activation) ? { bf16: KINK_BOUND } : {};
  const prelu = activation === 'prelu' ? [slope] : [];
  const more = (bias: tf.Tensor, alpha?: tf.Tensor): object => ({
    bias,
    activation,
    ...(alpha === undefined ? {} : { preluActivationWeights: alpha }),
    ...(activation === 'leakyrelu' ? { leakyreluAlpha: 0.3 } : {}),
  });
  return [
    {
      name: `fused conv2d with ${activation}`,
      inputs: [picture, filter([3, 3], 3, 5), { shape: [5] }, ...prelu],
      call: (x, w, bias, alpha?: tf.Tensor) =>
        tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'same', ...more(bias, alpha) }), // prettier-ignore
      ...bf16,
    },
    {
      name: `fused depthwiseConv2d with ${activation}`,
      inputs: [{ shape: [2, 6, 5, 5] }, filter([3, 3], 5, 1), { shape: [5] }, ...prelu],
      call: (x, w, bias, alpha?: tf.Tensor) =>
        tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'valid', ...more(bias, alpha) }), // prettier-ignore
      ...bf16,
    },
  ];
});

const CASES: RuleCase[] = [
  ...conv2d,
  ...depthwise,
  {
    name: 'depthwiseConv2d of a layer that was given no dilation',
    inputs: [picture, filter([3, 3], 3, 2)],
    call: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', null as unknown as number), // prettier-ignore
  },
  ...transposed,
  ...fused,
  {
    name: 'fused conv2d without a bias, padded by 1',
    inputs: [picture, filter([3, 3], 3, 5)],
    call: (x, w) => tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 1 }),
    reference: (x, w) => tf.conv2d(zeros(x, 1), w as tf.Tensor4D, 1, 'valid'),
    gradient: false,
  },
  {
    name: 'fused conv2d with a bias of one number',
    inputs: [picture, filter([3, 3], 3, 5), { shape: [] }],
    call: (x, w, bias) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'same', bias, activation: 'relu' }), // prettier-ignore
    gradient: false,
  },
  {
    name: 'fused conv2d with a bias of a list of one number',
    inputs: [picture, filter([3, 3], 3, 5), { shape: [1] }],
    call: (x, w, bias) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'same', bias, activation: 'sigmoid' }), // prettier-ignore
    gradient: false,
  },
  ...sparse,
  {
    name: 'conv2d of one picture without a batch',
    inputs: [{ shape: [6, 6, 2] }, filter([3, 3], 2, 3)],
    call: (x, w) => tf.conv2d(x as tf.Tensor3D, w as tf.Tensor4D, 1, 'same'),
  },
];

describe('convolution rules', () => {
  describeRules(convolutionRules, CASES);

  it('refuse a size that TensorFlow would round otherwise', async () => {
    const rounded = (x: tf.Tensor4D): tf.Tensor =>
      tf.conv2d(x, tf.ones<tf.Rank.R4>([3, 3, 2, 3]), 2, 0, 'NHWC', 1, 'ceil');
    await expect(compile(rounded, [{ shape: [1, 6, 6, 2] }])).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(/rounds its size with ceil .*rounds down/) as string,
    });
    const even = await compile(rounded, [{ shape: [1, 7, 7, 2] }]);
    expect(tf.tidy(() => even(tf.ones([1, 7, 7, 2])).shape)).toEqual([1, 3, 3, 3]);
    even.dispose();
  });
});
