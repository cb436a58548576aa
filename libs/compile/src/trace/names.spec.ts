import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, beforeAll } from 'vitest';
import { loadBackend } from '@kinemacolor/tensor';
import { compile } from '../runtime/compile.js';
import { compileProgram } from '../runtime/program.js';
import { assign } from './assign.js';

beforeAll(async () => {
  await loadBackend('cpu');
});

const one = { fn: (x: tf.Tensor) => tf.neg(x), signature: [{ shape: [2] }] };

describe('names that cannot be', () => {
  it.each<[string, string[], string]>([
    ['empty', [''], 'A function cannot be called "": use letters'],
    ['what every object has', ['__proto__'], 'A function cannot be called "__proto__": every object has'],
    ['only underscores', ['__'], 'A function cannot be called "__": use letters'],
    ['not ASCII', ['größe'], 'A function cannot be called "größe": use letters'],
    ['alike', ['a_b', 'a-b'], 'A function cannot be called "a-b": "a_b" is too much alike'],
  ])('of functions: %s', async (_, names, text) => {
    const failed = compileProgram(Object.fromEntries(names.map((name) => [name, one])));
    await expect(failed).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(failed).rejects.toThrow(text);
  });

  it.each([[['x', 'x']], [[undefined, 'argument_0']]])('of arguments: %s', async (names) => {
    const signature = names.map((name) => ({ shape: [2], ...(name === undefined ? {} : { name }) }));
    const failed = compile((a: tf.Tensor, b: tf.Tensor) => tf.add(a, b), [signature[0]!, signature[1]!]);
    await expect(failed).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(failed).rejects.toThrow(`Two arguments of main are called ${names[1]}.`);
  });
});

it('what every object has is a name like any other', async () => {
  const names = ['constructor', 'toString', 'hasOwnProperty'];
  const fn = (...x: tf.Tensor[]): Record<string, tf.Tensor> =>
    Object.fromEntries(names.map((name, i) => [name, tf.neg(x[i]!)]));
  const signature = names.map((name) => ({ shape: [], name }));
  const program = await compileProgram({ valueOf: { fn, signature } });
  const x = [tf.scalar(1), tf.scalar(2), tf.scalar(3)];
  const results = program.functions.valueOf(...x) as Record<string, tf.Tensor>;
  expect(names.map((name) => results[name]!.dataSync()[0])).toEqual([-1, -2, -3]);
  tf.dispose([x, results]);
  program.dispose();
});

it('an argument is not called what would be lost', async () => {
  const failed = compile((a: tf.Tensor) => tf.neg(a), [{ shape: [2], name: '__proto__' }]);
  await expect(failed).rejects.toMatchObject({ code: 'BAD_OPTION' });
  await expect(failed).rejects.toThrow('argument 0 cannot be called __proto__');
});

describe('assign', () => {
  it.each<[string, (x: tf.Tensor) => tf.Tensor, string]>([
    ['shape', (x) => tf.reshape(x, [2, 1]), 'the weight is float32 [2] and cannot become float32 [2, 1]'],
    ['type', (x) => tf.cast(x, 'int32'), 'the weight is float32 [2] and cannot become int32 [2]'],
  ])('names the variable and the place for a value of another %s', async (_, change, text) => {
    const weight = tf.tidy(() => tf.variable(tf.ones([2]), true, 'the weight'));
    const failed = compile((x: tf.Tensor) => (assign(weight, change(x)), x), one.signature as [{ shape: number[] }], { variables: [weight] }); // prettier-ignore
    await expect(failed).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(failed).rejects.toThrow(text);
    await expect(failed).rejects.toThrow(/names\.spec\.ts:\d+/);
    weight.dispose();
  });
});
