import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CompileErrorCode } from '../compile-error.js';
import { compile } from '../runtime/compile.js';
import type { Returned } from './function-shape.js';

const THIS_FILE = /guards\.spec\.ts:\d+:\d+/;
let sgd: tf.Optimizer;
let [listed, unlisted, outside, before]: [tf.Variable, tf.Variable, tf.Tensor, number] = [undefined!, undefined!, undefined!, 0]; // prettier-ignore

beforeAll(async () => {
  await loadBackend('cpu');
  sgd = tf.train.sgd(0.1);
});

afterAll(() => {
  sgd.dispose();
});

beforeEach(() => {
  [listed, unlisted] = tf.tidy(() => [tf.variable(tf.tensor1d([1, 2]), true, 'listed'), tf.variable(tf.tensor1d([3, 4]), true, 'unlisted')]); // prettier-ignore
  outside = tf.tensor1d([5, 6]);
  before = tf.memory().numTensors;
});

/** Every value is as it was, can be read, and can be changed. */
afterEach(() => {
  expect([listed, unlisted, outside].map((tensor) => [...tensor.dataSync()])).toEqual([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
  listed.assign(outside);
  expect([...listed.dataSync()]).toEqual([5, 6]);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([listed, unlisted, outside]);
});

type Case = [string, CompileErrorCode, string, (x: tf.Tensor) => Returned];

describe('while a function is traced', () => {
  it.each<Case>([
    ['the value of a listed variable', 'VALUE_READ', 'the variable listed is read', (x) => tf.mul(x, listed.dataSync()[0]!)], // prettier-ignore
    ['the value of another', 'VALUE_READ', 'a tensor from outside of main is read', (x) => tf.mul(x, unlisted.dataSync()[0]!)], // prettier-ignore
    ['the value of a tensor', 'VALUE_READ', 'a tensor from outside of main is read', (x) => tf.mul(x, outside.arraySync())], // prettier-ignore
    ['assign to a listed variable', 'UNSUPPORTED', 'listed was assigned to while main was traced', (x) => (listed.assign(x), x)], // prettier-ignore
    ['assign to another', 'UNSUPPORTED', 'unlisted was assigned to while main was traced', (x) => (unlisted.assign(x), x)], // prettier-ignore
    ['making a variable', 'UNSUPPORTED', 'inner is made', (x) => tf.variable(x, true, 'inner')],
    ["tfjs's SGD", 'UNSUPPORTED', 'listed was assigned to', (x) => sgd.minimize(() => tf.sum(tf.mul(x, listed)), true, [listed])!], // prettier-ignore
  ])('names what is wrong and where, and changes nothing: %s', async (_, code, text, fn) => {
    const failed = compile((x: tf.Tensor) => fn(x), [{ shape: [2] }], { variables: [listed] });
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(text);
    await expect(failed).rejects.toThrow(THIS_FILE);
  });

  it("does not break tfjs's Adam, which makes variables", async () => {
    const optimiser = tf.train.adam(0.1);
    const loss = (x: tf.Tensor): tf.Scalar => tf.sum<tf.Scalar>(tf.mul(x, listed));
    const failed = compile((x: tf.Tensor) => optimiser.minimize(() => loss(x), true, [listed])!, [{ shape: [2] }], { variables: [listed] }); // prettier-ignore
    await expect(failed).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(failed).rejects.toThrow(/optimisers.*use the ones of @kinemacolor\/compile/);
    const saved = tf.clone(listed);
    optimiser.minimize(() => loss(outside), false, [listed]);
    expect(listed.dataSync()[0]).toBeCloseTo(0.9);
    listed.assign(saved);
    saved.dispose();
    optimiser.dispose();
  });

  it('lets constants of the function itself be read', async () => {
    const compiled = await compile((x: tf.Tensor) => tf.mul(x, tf.tensor1d([2, 3]).dataSync()[1]!), [{ shape: [2] }]);
    const result = compiled(outside);
    expect([...result.dataSync()]).toEqual([15, 18]);
    result.dispose();
    compiled.dispose();
  });

  it('says that an async function is one, and leaves no rejection behind', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const fn = async (x: tf.Tensor): Promise<tf.Tensor> => tf.mul(x, (await x.data())[0]!);
    const failed = compile(fn as unknown as (x: tf.Tensor) => tf.Tensor, [{ shape: [2] }]);
    await expect(failed).rejects.toMatchObject({ code: 'BAD_OUTPUT' });
    await expect(failed).rejects.toThrow(/The function main must return a tensor.* not a promise: it is async/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
