import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { buildProgram } from '../runtime/program.js';
import type { TracedFunction } from './trace.js';

const BAD_OPTION: unknown = expect.objectContaining({ name: 'CompileError', code: 'BAD_OPTION' });
const negative = (x: tf.Tensor): tf.Tensor => tf.neg(x);

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('a signature', () => {
  it.each<[string, unknown, string]>([
    ['missing', undefined, 'main needs a signature'],
    ['a shape', { shape: [2] }, 'main needs a signature'],
    ['an empty argument', [{}], "main: the signature's argument 0 has no shape"],
    ['null', [null], "main: the signature's argument 0 has no shape"],
    ['a hole', [{ shape: [2] }, ,], "main: the signature's argument 1 has no shape"],
    ['a number for a shape', [{ shape: 3 }], 'argument 0 has no shape'],
    ['an open side', [{ shape: [null, 3] }], 'argument 0 has the shape [null,3], but side 0 must be a whole number'],
    ['a side to infer', [{ shape: [-1, 3] }], 'argument 0 has the shape [-1,3], but side 0 must be'],
    ['a half', [{ shape: [2.5] }], 'argument 0 has the shape [2.5], but side 0 must be'],
    ['text', [{ shape: [4, '2'] }], 'argument 0 has the shape [4,"2"], but side 1 must be'],
    ['nothing', [{ shape: [undefined] }], 'but side 0 must be'],
    ['a type that there is not', [{ shape: [2], dtype: 'float64' }], 'argument 0 has the type float64: use float32'],
    ['a number for a name', [{ shape: [2], name: 3 }], 'argument 0 has a name that is no text'],
    ['an empty name', [{ shape: [2], name: '' }], 'argument 0 has a name that is no text'],
    ['a slip of the pen', [{ shape: [2], dtpye: 'int32' }], 'argument 0 has a dtpye, which there is not: use shape, dtype'], // prettier-ignore
  ])('is turned down: %s', async (_, signature, text) => {
    const compiling = compile(negative, signature as [{ shape: number[] }]);
    await expect(compiling).rejects.toThrow(BAD_OPTION);
    await expect(compiling).rejects.toThrow(text);
  });

  it('is asked for where a function stands alone', async () => {
    const building = buildProgram({ lonely: negative as unknown as TracedFunction });
    await expect(building).rejects.toThrow(BAD_OPTION);
    await expect(building).rejects.toThrow('lonely must be given as a function and its signature');
  });

  const two = [{ shape: [2] }, { shape: [3] }];
  it.each<[string, TracedFunction['fn'], string]>([
    ['an arrow', negative, 'main takes 1 arguments, but its signature has 2'],
    ['a bare arrow', x => x, 'main takes 1'], // prettier-ignore
    ['a method', Reflect.get({ of(x: tf.Tensor) { return tf.neg(x); } }, 'of'), 'main takes 1'], // prettier-ignore
    ['a function without any', function none() { return tf.ones([1]); }, 'main takes 0'], // prettier-ignore
  ])('has no more arguments than the function takes: %s', async (_, fn, text) => {
    const building = buildProgram({ main: { fn, signature: two } });
    await expect(building).rejects.toThrow(BAD_OPTION);
    await expect(building).rejects.toThrow(text);
  });

  function looksUp(): tf.Tensor {
    return tf.neg(arguments[1] as tf.Tensor); // eslint-disable-line prefer-rest-params
  }
  it.each<[string, TracedFunction['fn']]>([
    ['a rest', (...x: tf.Tensor[]) => tf.neg(x[1]!)],
    ['a default', (x: tf.Tensor, y: tf.Tensor = x) => tf.neg(y)],
    ['arguments', looksUp],
    ['a bound function', looksUp.bind(undefined)],
  ])('may have more than the function names: %s', async (_, fn) => {
    const { functions } = await buildProgram({ main: { fn, signature: two } });
    expect(functions['main']?.signature).toHaveLength(2);
  });
});
