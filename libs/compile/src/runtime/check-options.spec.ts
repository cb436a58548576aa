import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from './compile.js';
import { openProgram, type CompileOptions } from './program.js';

const BAD_OPTION: unknown = expect.objectContaining({ name: 'CompileError', code: 'BAD_OPTION' });

beforeAll(async () => {
  await loadBackend('cpu');
});

async function refused(options: object, text: string): Promise<void> {
  const compiling = compile((x: tf.Tensor) => tf.neg(x), [{ shape: [2] }], options as CompileOptions);
  await expect(compiling).rejects.toThrow(BAD_OPTION);
  await expect(compiling).rejects.toThrow(text);
}

describe('variables that are none', () => {
  it('are turned down: what a layers model lists, which would never be trained', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    await refused({ variables: model.weights }, 'variables[0] is not a tf.Variable');
    await refused({ variables: model.weights }, 'model.trainableWeights.map((weight) => weight.read())');
    const variables = model.trainableWeights.map((weight) => weight.read()) as unknown as tf.Variable[];
    const compiled = await compile((x: tf.Tensor) => model.apply(x) as tf.Tensor, [{ shape: [1, 2] }], { variables });
    compiled.dispose();
    model.dispose();
  });

  it.each<[string, () => unknown, string]>([
    ['a tensor', () => [tf.tensor1d([1])], 'variables[0] is not a tf.Variable'],
    ['null', () => [null], 'variables[0] is not a tf.Variable'],
    ['a hole', () => [tf.variable(tf.ones([1])), , null], 'variables[1] is not a tf.Variable'],
    ['one without a list', () => tf.variable(tf.ones([1])), 'must be a list of tf.Variables'],
    ['null for the list', () => null, 'must be a list of tf.Variables'],
    ['text', () => [tf.variable(tf.tensor1d(['a']), true, 'words')], 'variables[0], words, is string: use float32'],
  ])('are turned down: %s', async (_, make, text) => {
    const variables = make();
    await refused({ variables }, text);
    await expect(openProgram('no-folder', {}, variables as tf.Variable[])).rejects.toThrow(BAD_OPTION);
    tf.dispose(variables as tf.Tensor[]);
  });

  it('are turned down: one that was disposed', async () => {
    const weight = tf.variable(tf.ones([1]), true, 'gone too early');
    weight.dispose();
    await refused({ variables: [weight] }, 'variables[0], gone too early, was disposed');
  });
});

it('a name that every object has is no pass', async () => {
  await refused({ passes: { toString: true } }, 'There is no pass toString');
});
