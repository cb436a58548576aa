import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { assign } from './assign.js';

beforeAll(async () => {
  await loadBackend('cpu');
});

/** The first number of every result, which is then disposed. */
function firsts(results: readonly tf.Tensor[]): number[] {
  const values = results.map((result) => result.dataSync()[0]!);
  tf.dispose([...results]);
  return values;
}

describe('tensors that share memory with a variable of the program', () => {
  it('keep their own values, as in the eager function: what it was made of, and clones', async () => {
    const init = tf.tensor1d([1]);
    const weight = tf.variable(init);
    const outside = tf.clone(weight);
    const unlisted = tf.variable(weight);
    const step = (): tf.Tensor[] => {
      const start = tf.clone(weight);
      assign(weight, tf.add(weight, 1));
      return [tf.add(start, 0), tf.add(weight, 0), tf.add(init, 0), tf.add(outside, 0), tf.add(unlisted, 0)];
    };
    const compiled = await compile(step, [], { variables: [weight] });
    for (const expected of [
      [1, 2, 1, 1, 1],
      [2, 3, 1, 1, 1],
    ]) {
      // prettier-ignore
      expect(firsts(compiled())).toEqual(expected);
      expect(firsts(tf.tidy(step))).toEqual(expected);
    }
    tf.dispose([init, weight, outside, unlisted]);
    compiled.dispose();
  });

  it('may be variables of the program themselves', async () => {
    const init = tf.tensor1d([1]);
    const [a, b] = [tf.variable(init), tf.variable(init)];
    const step = (): tf.Tensor[] => {
      assign(a, tf.add(a, 1));
      assign(b, tf.mul(tf.add(a, b), 10));
      return [tf.add(a, 0), tf.add(b, 0)];
    };
    const compiled = await compile(step, [], { variables: [a, b] });
    for (const expected of [
      [2, 30],
      [3, 330],
    ]) {
      // prettier-ignore
      expect(firsts(compiled())).toEqual(expected);
      expect(firsts(tf.tidy(step))).toEqual(expected);
    }
    tf.dispose([init, a, b]);
    compiled.dispose();
  });

  it('have their own gradients', async () => {
    const init = tf.tensor1d([3]);
    const [a, b] = [tf.variable(init), tf.variable(init)];
    const gradients = (): tf.Tensor[] => {
      const { grads } = tf.variableGrads(() => tf.sum<tf.Scalar>(tf.mul(tf.square(a), b)), [a, b]);
      return [grads[a.name]!, grads[b.name]!];
    };
    const compiled = await compile(gradients, [], { variables: [a, b] });
    expect(firsts(compiled())).toEqual([18, 9]);
    tf.dispose([init, a, b]);
    compiled.dispose();
  });
});

describe('an array of numbers that is used for one constant after the other', () => {
  it('is copied each time', async () => {
    const numbers = new Float32Array(2);
    const outside = tf.tensor1d(new Float32Array([1, 2]));
    const compiled = await compile(() => {
      const all = [1, 2, 3].map((i) => {
        numbers.set([i, -i]);
        return tf.tensor1d(numbers);
      });
      return [...all, tf.add(outside, 0)];
    }, []);
    expect(firsts(compiled())).toEqual([1, 2, 3, 1]);
    outside.dispose();
    compiled.dispose();
  });
});
