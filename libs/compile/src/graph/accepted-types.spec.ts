import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { CompileError } from '../compile-error.js';
import { compile } from '../runtime/compile.js';

type Type = 'float32' | 'int32' | 'bool';
type Call = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const TYPES: Type[] = ['float32', 'int32', 'bool'];

const of =
  (call: (a: tf.Tensor) => tf.Tensor): Call =>
  (a) =>
    call(a);
const ONE: Call[] = [
  ...[tf.abs, tf.neg, tf.square, tf.sign, tf.reciprocal, tf.floor, tf.ceil, tf.round, tf.sqrt, tf.rsqrt, tf.exp],
  ...[tf.expm1, tf.log, tf.log1p, tf.erf, tf.sin, tf.cos, tf.tan, tf.asin, tf.acos, tf.atan, tf.sinh, tf.cosh],
  ...[tf.tanh, tf.asinh, tf.acosh, tf.atanh, tf.sigmoid, tf.softplus, tf.elu, tf.selu, tf.relu, tf.relu6, tf.step],
  ...[tf.leakyRelu, tf.isNaN, tf.isInf, tf.isFinite, tf.logicalNot, tf.sum, tf.mean, tf.max, tf.min, tf.prod, tf.all],
  ...[tf.any, tf.argMax, tf.cumsum, tf.cumprod, tf.softmax, tf.logSoftmax, tf.clone, tf.reverse, tf.transpose],
].map((call) =>
  Object.defineProperty(of(call as (a: tf.Tensor) => tf.Tensor), 'name', { value: call.name.replace(/_+op$/, '') }),
);
const TWO: Call[] = [
  ...[tf.add, tf.sub, tf.mul, tf.div, tf.floorDiv, tf.mod, tf.maximum, tf.minimum, tf.squaredDifference, tf.pow],
  ...[tf.atan2, tf.prelu, tf.equal, tf.notEqual, tf.greater, tf.greaterEqual, tf.less, tf.lessEqual, tf.logicalAnd],
  ...[tf.logicalOr, tf.matMul as Call],
  function clipByValue(a) { return tf.clipByValue(a, 0, 1); }, // prettier-ignore
  function concat(a, b) { return tf.concat([a, b]); }, // prettier-ignore
  function stack(a, b) { return tf.stack([a, b]); }, // prettier-ignore
  function addN(a, b) { return tf.addN([a, b]); }, // prettier-ignore
  function where(a, b) { return tf.where(tf.equal(a, a), a, b); }, // prettier-ignore
];

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('types that TensorFlow does not take are named where the op is called', () => {
  const pairs = TYPES.flatMap((a) => TYPES.map((b) => [a, b] as const));
  const cases = [
    ...ONE.flatMap((call) => TYPES.map((a) => ({ name: call.name, call, types: [a, a] as const }))),
    ...TWO.flatMap((call) => pairs.map((types) => ({ name: call.name, call, types }))),
  ];
  // Whether TensorFlow takes them is told by loading the graph, and by no table.
  it.each(cases)('$name of $types', async ({ call, types: [a, b] }) => {
    const signature = [{ shape: [2, 2], dtype: a }, { shape: [2, 2], dtype: b }] as const; // prettier-ignore
    const both: Call = (x, y) => call(x, y);
    const compiling = compile(both, signature);
    try {
      const compiled = await compiling;
      tf.tidy(() => compiled(tf.ones([2, 2], a), tf.ones([2, 2], b)));
      compiled.dispose();
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof CompileError)) {
        // What tfjs asks by itself.
        expect(message).toMatch(/must (be|have)/);
        return;
      }
      expect(message).toMatch(
        /^\w+ takes .*, not .* called with .*accepted-types\.spec\.ts:\d+:\d+\)?: use tf\.cast\.$/,
      );
      expect(error.code).toBe('UNSUPPORTED');
    }
  });
});

it('leakyRelu of whole numbers and sums of truths say what they take', async () => {
  const whole = compile((x: tf.Tensor) => tf.leakyRelu(x), [{ shape: [2], dtype: 'int32' }]);
  await expect(whole).rejects.toThrow('LeakyRelu takes float32, not int32, as it is called with');
  const truth = compile((x: tf.Tensor) => tf.add(x, x), [{ shape: [2], dtype: 'bool' }]);
  await expect(truth).rejects.toThrow('Add takes numbers, not bool');
  const mixed = compile((x: tf.Tensor) => tf.concat([x, tf.cast(x, 'int32')]), [{ shape: [2] }]);
  await expect(mixed).rejects.toThrow('Concat takes values of one type, not float32 and int32');
});
