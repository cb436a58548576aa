import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compile } from './compile.js';
import { openProgram } from './program.js';

const UNSUPPORTED: unknown = expect.objectContaining({ name: 'CompileError', code: 'UNSUPPORTED' });
const CURE = "tfjs works on its backend cpu, but compiled functions need tensorflow: await tf.setBackend('tensorflow')";

beforeAll(async () => {
  await loadBackend('cpu');
});
afterEach(async () => {
  await tf.setBackend('tensorflow');
});

describe('where tfjs works on another backend', () => {
  it('nothing is compiled or opened', async () => {
    await tf.setBackend('cpu');
    const captured = tf.tensor1d([1, 2]);
    for (const attempt of [compile((x: tf.Tensor) => tf.mul(x, captured), [{ shape: [2] }]), openProgram('none', {})]) {
      await expect(attempt).rejects.toThrow(UNSUPPORTED);
      await expect(attempt).rejects.toThrow(CURE);
    }
    captured.dispose();
  });

  it('a compiled function is not called, and its variables are neither written nor read', async () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const compiled = await compile((x: tf.Tensor) => tf.mul(x, weight), [{ shape: [2] }], { variables: [weight] });
    await tf.setBackend('cpu');
    const x = tf.tensor1d([3, 4]);
    for (const attempt of [() => compiled(x), compiled.writeVariables, compiled.readVariables]) {
      expect(attempt).toThrow(UNSUPPORTED);
      expect(attempt).toThrow(CURE);
    }
    compiled.dispose();
    tf.dispose([x, weight]);
  });
});

it('tensors that were made there are captured and given from there', async () => {
  await tf.setBackend('cpu');
  const [captured, x] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
  await tf.setBackend('tensorflow');
  const compiled = await compile((a: tf.Tensor) => tf.mul(a, captured), [{ shape: [2] }]);
  const result = compiled(x);
  expect([...result.dataSync()]).toEqual([3, 8]);
  compiled.dispose();
  tf.dispose([captured, x, result]);
});
