import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Precision } from '../passes/precision.js';
import { compile } from './compile.js';
import type { CompileOptions } from './program.js';

const code = (name: string): unknown => expect.objectContaining({ name: 'CompileError', code: name });

beforeAll(async () => {
  await loadBackend('cpu');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a compiled function', () => {
  it('turns down what is no tensor, and what was disposed', async () => {
    const compiled = await compile((x: tf.Tensor) => tf.neg(x), [{ shape: [2], name: 'grey' }]);
    const disposed = tf.ones([2]);
    disposed.dispose();
    const cases: [unknown, string][] = [
      [undefined, 'main: grey must be a tensor, not undefined'],
      [null, 'main: grey must be a tensor, not null'],
      [[1, 2], 'main: grey must be a tensor, not a list'],
      [3, 'main: grey must be a tensor, not number'],
      [disposed, 'main: grey is a tensor that was disposed'],
    ];
    for (const [value, text] of cases) {
      expect(() => compiled(value as tf.Tensor)).toThrow(code('BAD_ARGUMENT'));
      expect(() => compiled(value as tf.Tensor)).toThrow(text);
    }
    compiled.dispose();
  });

  it('turns down being called inside of a gradient, which would lack it', async () => {
    const square = await compile((x: tf.Tensor) => tf.mul(x, x), [{ shape: [] }]);
    expect(() => tf.tidy(() => tf.grad((x) => tf.add(square(x), x))(tf.scalar(3)))).toThrow(code('UNSUPPORTED'));
    const inside = await compile((x: tf.Tensor) => tf.grad((y) => tf.mul(y, y))(x), [{ shape: [] }]);
    expect(tf.tidy(() => inside(tf.scalar(3)).dataSync()[0])).toBe(6);
    square.dispose();
    inside.dispose();
  });

  it('turns down reading and writing variables once it, or one of them, was disposed', async () => {
    const weight = tf.tidy(() => tf.variable(tf.ones([2]), true, 'gone'));
    const compiled = await compile(() => tf.neg(weight), [], { variables: [weight] });
    weight.dispose();
    expect(compiled.writeVariables).toThrow(code('BAD_ARGUMENT'));
    expect(compiled.writeVariables).toThrow('gone was disposed');
    compiled.dispose();
    expect(compiled.writeVariables).toThrow(code('DISPOSED'));
    expect(compiled.readVariables).toThrow(code('DISPOSED'));
  });
});

describe('compiling', () => {
  const compiling = (options: CompileOptions): Promise<unknown> =>
    compile((x: tf.Tensor) => tf.neg(x), [{ shape: [2] }], options);

  it('turns down a precision or a pass that there is not', async () => {
    const precision = compiling({ precision: 'fp8' as Precision });
    await expect(precision).rejects.toThrow(code('BAD_OPTION'));
    await expect(precision).rejects.toThrow('There is no precision fp8: use fp32 or bf16');
    const pass = compiling({ passes: { foldConstant: false } as CompileOptions['passes'] & object });
    await expect(pass).rejects.toThrow(code('BAD_OPTION'));
    await expect(pass).rejects.toThrow('There is no pass foldConstant');
  });

  it('is not possible without a temporary folder, and says so', async () => {
    vi.stubEnv('TMPDIR', path.join(import.meta.dirname, 'no', 'such', 'folder'));
    const failed = compiling({});
    await expect(failed).rejects.toThrow(code('NOT_LOADED'));
    await expect(failed).rejects.toThrow('could not be written');
  });
});
