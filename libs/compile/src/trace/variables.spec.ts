import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { compileProgram } from '../runtime/program.js';
import { assign } from './assign.js';

const variable = (values: number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor1d(values, dtype)));
const numbers = (x: tf.Tensor): number[] => [...x.dataSync()];
/** The values of a result, which is then disposed. */
function taken(x: tf.Tensor): number[] {
  const values = numbers(x);
  x.dispose();
  return values;
}

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('variables of a compiled function', () => {
  it.each(['float32', 'int32', 'bool'] as const)(
    'have the values that they had when it was compiled: %s',
    async (dtype) => {
      const [a, b] = [variable([1, 0, 1], dtype), variable([0, 0, 1], dtype)];
      const read = await compile(() => ({ a: tf.clone(a), b: tf.clone(b) }), [], { variables: [a, b] });
      const results = read();
      expect(results.a.dtype).toBe(dtype);
      expect([numbers(results.a), numbers(results.b)]).toEqual([[1, 0, 1], [0, 0, 1]]); // prettier-ignore
      tf.dispose([results, a, b]);
      read.dispose();
    },
  );

  it('change inside only, until they are read back, and outside only, until they are written', async () => {
    const weight = variable([1, 2]);
    const double = await compile(() => (assign(weight, tf.mul(weight, 2)), tf.clone(weight)), [], { variables: [weight] }); // prettier-ignore
    expect(taken(double())).toEqual([2, 4]);
    expect(taken(double())).toEqual([4, 8]);
    expect(numbers(weight)).toEqual([1, 2]);
    double.readVariables();
    expect(numbers(weight)).toEqual([4, 8]);
    const next = tf.tensor1d([-1, 10]);
    weight.assign(next);
    expect(taken(double())).toEqual([8, 16]);
    double.writeVariables();
    expect(taken(double())).toEqual([-2, 20]);
    double.readVariables();
    expect(numbers(weight)).toEqual([-2, 20]);
    tf.dispose([weight, next]);
    double.dispose();
  });

  it('are read before and after an assignment, as in the eager function', async () => {
    const [weight, other] = [variable([3]), variable([0])];
    const step = (x: tf.Tensor): Record<string, tf.Tensor> => {
      const before = tf.mul(weight, 10);
      assign(weight, tf.add(weight, x));
      const between = tf.mul(weight, 10);
      assign(weight, tf.mul(weight, weight));
      assign(other, tf.add(other, weight));
      return { before, between, after: tf.mul(weight, 10), other: tf.clone(other) };
    };
    const compiled = await compile(step, [{ shape: [1] }], { variables: [weight, other] });
    const x = tf.tensor1d([1]);
    for (let i = 0; i < 3; i++) {
      const [actual, expected] = [compiled(x), step(x)];
      for (const name of Object.keys(expected)) expect(numbers(actual[name]!), name).toEqual(numbers(expected[name]!));
      tf.dispose([actual, expected]);
    }
    expect(numbers(weight)).not.toEqual([3]);
    tf.dispose([weight, other, x]);
    compiled.dispose();
  });

  it('are all changed when the results are there, whatever the results depend on', async () => {
    const weights = Array.from({ length: 20 }, (_, i) => variable([i]));
    const program = await compileProgram(
      {
        step: {
          fn: (x: tf.Tensor) => {
            for (const weight of weights) assign(weight, tf.add(weight, x));
            return tf.neg(x);
          },
          signature: [{ shape: [] }],
        },
        read: { fn: () => tf.concat(weights), signature: [] },
      },
      { variables: weights },
    );
    const one = tf.scalar(1);
    for (let i = 1; i <= 5; i++) {
      expect(taken(program.functions.step(one) as tf.Tensor)).toEqual([-1]);
      expect(taken(program.functions.read() as tf.Tensor)).toEqual(weights.map((_, at) => at + i));
    }
    tf.dispose([weights, one]);
    program.dispose();
  });

  it('swap their values', async () => {
    const [a, b] = [variable([1]), variable([2])];
    const swap = await compile(
      () => {
        const first = tf.clone(a);
        assign(a, b);
        assign(b, first);
        return tf.concat([a, b]);
      },
      [],
      { variables: [a, b] },
    );
    expect(taken(swap())).toEqual([2, 1]);
    expect(taken(swap())).toEqual([1, 2]);
    tf.dispose([a, b]);
    swap.dispose();
  });

  it('are shared by the functions of a program and not by two programs', async () => {
    const weight = variable([1]);
    const functions = {
      raise: { fn: () => (assign(weight, tf.add(weight, 1)), tf.clone(weight)), signature: [] },
      lower: { fn: () => (assign(weight, tf.sub(weight, 1)), tf.clone(weight)), signature: [] },
    };
    const [one, two] = [await compileProgram(functions, { variables: [weight] }), await compileProgram(functions, { variables: [weight] })]; // prettier-ignore
    expect(taken(one.functions.raise() as tf.Tensor)).toEqual([2]);
    expect(taken(one.functions.raise() as tf.Tensor)).toEqual([3]);
    expect(taken(one.functions.lower() as tf.Tensor)).toEqual([2]);
    expect(taken(two.functions.raise() as tf.Tensor)).toEqual([2]);
    expect(taken(two.functions.lower() as tf.Tensor)).toEqual([1]);
    one.dispose();
    expect(taken(two.functions.lower() as tf.Tensor)).toEqual([0]);
    two.dispose();
    weight.dispose();
  });

  it('are told apart although they have names alike or strange ones', async () => {
    const named = (value: number, name: string): tf.Variable =>
      tf.tidy(() => tf.variable(tf.scalar(value), true, name));
    const weights = [named(1, 'conv/kernel:0'), named(2, 'conv/kernel_0'), named(3, '_gewicht ß')];
    const sum = await compile(() => tf.stack(weights), [], { variables: weights });
    expect(taken(sum())).toEqual([1, 2, 3]);
    tf.dispose(weights);
    sum.dispose();
  });

  it('that are not given to compile are constants', async () => {
    const weight = variable([5]);
    const compiled = await compile(() => tf.mul(weight, 2), []);
    const next = tf.tensor1d([7]);
    weight.assign(next);
    expect(taken(compiled())).toEqual([10]);
    tf.dispose([weight, next]);
    compiled.dispose();
  });

  it('have the gradients of tf.variableGrads', async () => {
    const [a, b] = [variable([1, -2]), variable([3, 4])];
    const gradients = (): Record<string, tf.Tensor> => {
      const { value, grads } = tf.variableGrads(() => tf.sum<tf.Scalar>(tf.mul(tf.square(a), b)), [a, b]);
      return { value, a: grads[a.name]!, b: grads[b.name]! };
    };
    const compiled = await compile(gradients, [], { variables: [a, b] });
    const results = compiled();
    expect(numbers(results['value']!)).toEqual([19]);
    expect(numbers(results['a']!)).toEqual([6, -16]);
    expect(numbers(results['b']!)).toEqual([1, 4]);
    tf.dispose([results, a, b]);
    compiled.dispose();
  });
});

describe('assign outside of a trace', () => {
  it('is the assign of the variable', () => {
    const [weight, next] = [variable([1]), tf.tensor1d([2])];
    assign(weight, next);
    expect(numbers(weight)).toEqual([2]);
    tf.dispose([weight, next]);
  });
});
