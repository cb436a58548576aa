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
