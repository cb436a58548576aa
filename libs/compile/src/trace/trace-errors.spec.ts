import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CompileError, type CompileErrorCode } from '../compile-error.js';
import { compile } from '../runtime/compile.js';
import { compileProgram } from '../runtime/program.js';
import { assign } from './assign.js';
import type { ArgumentSpec, Returned } from './function-shape.js';
import { trace } from './trace.js';

const X: ArgumentSpec = { shape: [2, 3] };
const THIS_FILE = /trace-errors\.spec\.ts:\d+:\d+/;

let before = 0;

beforeAll(async () => {
  await loadBackend('cpu');
});

beforeEach(() => {
  before = tf.memory().numTensors;
});

/** Whatever went wrong, tfjs is as it was: on its own backend, able to compute, nothing left over. */
afterEach(() => {
  expect(tf.getBackend()).toBe('tensorflow');
  expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
  expect(tf.memory().numTensors).toBe(before);
});

async function failure(promise: Promise<unknown>): Promise<CompileError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CompileError);
  return error as CompileError;
}

const variable = (shape: number[], name?: string): tf.Variable =>
  tf.tidy(() => tf.variable(tf.ones(shape), true, name));

const compiling = (fn: (...x: tf.Tensor[]) => Returned): Promise<CompileError> =>
  failure(compile(fn, Array<ArgumentSpec>(fn.length).fill(X)));

describe('an error while a function is traced', () => {
  const cases: [string, CompileErrorCode, string[], (x: tf.Tensor) => Returned][] = [
    ['dataSync', 'VALUE_READ', ['the result of Mul'], (x) => tf.mul(x, x.mul(2).dataSync()[0]!)],
    ['arraySync', 'VALUE_READ', ['the result of Placeholder'], (x) => tf.tensor(x.arraySync())],
    ['print', 'VALUE_READ', ['the result of Relu'], (x) => (tf.relu(x).print(), x)],
    ['a value read inside a gradient', 'VALUE_READ', ['the result of Sum'], (x) => tf.grad((y) => tf.mul(y, tf.sum(y).dataSync()[0]!))(x)], // prettier-ignore
    ['an op without a rule', 'NO_RULE', ['no rule for the op Einsum,'], (x) => tf.einsum('ij->ji', x)],
    ['an op without a rule inside a gradient', 'NO_RULE', ['no rule for the op LRN,'], (x) => tf.grad((y) => tf.localResponseNormalization(y as tf.Tensor3D))(tf.reshape(x, [1, 2, 3]))], // prettier-ignore
    ['a string tensor', 'UNSUPPORTED', ['A string tensor'], (x) => tf.concat([x, tf.cast(tf.tensor([['a']]), 'float32')])], // prettier-ignore
    ['NCHW', 'UNSUPPORTED', ['data format NCHW'], (x) => tf.conv2d(tf.reshape<tf.Rank.R4>(x, [1, 1, 2, 3]), tf.ones([1, 1, 1, 1]), 1, 'valid', 'NCHW')], // prettier-ignore
    [
      'a pool with pads',
      'UNSUPPORTED',
      ['explicit pads'],
      (x) => tf.maxPool(tf.reshape<tf.Rank.R4>(x, [1, 2, 3, 1]), 3, 1, 1),
    ],
  ];
  it.each(cases)('names the op and the place: %s', async (_, code, words, fn) => {
    const error = await compiling(fn);
    expect(error.code).toBe(code);
    for (const word of words) expect(error.message).toContain(word);
    expect(error.message).toMatch(THIS_FILE);
    expect(error.message.split('\n')).toHaveLength(1);
  });

  it('names a variable that was assigned to without assign()', async () => {
    const weight = variable([2, 3], 'the weight');
    const error = await failure(
      compile((x: tf.Tensor) => (weight.assign(x), tf.add(weight, x)), [X], { variables: [weight] }),
    );
    expect(error.code).toBe('UNSUPPORTED');
    expect(error.message).toContain('the weight was assigned to while main was traced: use assign()');
    weight.dispose();
  });

  it('names a variable that the program was not given', async () => {
    const weight = variable([2, 3], 'a stranger');
    const error = await compiling((x) => (assign(weight, x), x));
    expect(error.code).toBe('UNKNOWN_VARIABLE');
    expect(error.message).toContain('a stranger');
    expect(error.message).toMatch(THIS_FILE);
    expect(weight.dataSync()[0]).toBe(1);
    weight.dispose();
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 3],
    ['a list with undefined', [undefined]],
    ['a list with a hole', Array(2)],
    ['a record of numbers', { loss: 1 }],
    ['a promise', Promise.resolve()],
    ['an empty list', []],
    ['an empty record', {}],
  ])('names the function that returns %s', async (_, value) => {
    const error = await compiling(() => value as Returned);
    expect(error.code).toBe('BAD_OUTPUT');
    expect(error.message).toContain('The function main must return');
  });

  it('names a result that would be lost', async () => {
    const error = await compiling((x) => ({ x, ['__proto__']: x }));
    expect(error.code).toBe('BAD_OUTPUT');
    expect(error.message).toBe('The function main cannot call a result __proto__.');
  });

  it('names the function of a program whose result is no tensor', async () => {
    const functions = { first: { fn: (x: tf.Tensor) => x, signature: [X] }, second: { fn: () => 2 as unknown as Returned, signature: [] } }; // prettier-ignore
    const error = await failure(compileProgram(functions));
    expect(error.message).toContain('The function second must return');
  });

  it('turns down a trace inside of a traced function', async () => {
    const nested = (x: tf.Tensor): tf.Tensor => {
      trace({ inner: { fn: (y: tf.Tensor) => y, signature: [X] } }, []);
      return x;
    };
    const error = await compiling(nested);
    expect(error.code).toBe('UNSUPPORTED');
    expect(error.message).toContain('compile() was called while another function is traced');
    expect(error.message).toMatch(THIS_FILE);
  });

  it('turns down the call of a compiled function inside of a traced one', async () => {
    const inner = await compile((x: tf.Tensor) => tf.exp(x), [X]);
    const error = await failure(compile((x: tf.Tensor) => inner(tf.neg(x)), [X]));
    expect(error.code).toBe('VALUE_READ');
    expect(error.message).toMatch(/the result of Neg is read.*trace-errors\.spec\.ts/);
    inner.dispose();
  });

  const disposed: [string, string, (x: tf.Tensor) => Returned][] = [
    ['an outside tensor', 'A tensor, float32 [2, 3], is used at', (x) => tf.mul(x, gone())],
    ['an outside tensor, by its method', 'A tensor, float32 [2, 3], is used at', (x) => gone().mul(x)],
    ['one of its own', 'A tensor, float32 [2, 3], is used at', (x) => tf.neg(lost(tf.exp(x)))],
    ['one of its own, by its method', 'A tensor, float32 [2, 3], is used at', (x) => lost(tf.exp(x)).neg()],
    ['its argument', 'A tensor, float32 [2, 3], is used at', (x) => tf.neg(lost(x))],
    [
      'the result of a tidy',
      'A tensor, float32 [3], is used at',
      (x) =>
        tf.add(
          x,
          fromTidy(() => tf.sum(x, 0)),
        ),
    ],
  ];
  const lost = (x: tf.Tensor): tf.Tensor => (x.dispose(), x);
  const gone = (): tf.Tensor => lost(tf.ones([2, 3]));
  function fromTidy(make: () => tf.Tensor): tf.Tensor {
    let made: tf.Tensor | undefined;
    tf.tidy(() => void (made = make()));
    return made!;
  }
  it.each(disposed)('names the place where what was disposed is used: %s', async (_, text, fn) => {
    const error = await compiling(fn);
    expect(error.code).toBe('DISPOSED');
    expect(error.message).toContain(text);
    expect(error.message).toContain('tf.keep it');
    expect(error.message).toMatch(THIS_FILE);
  });

  it.each<[string, (x: tf.Tensor) => Returned]>([
    ['result_0', (x) => lost(tf.exp(x))],
    ['result_0', () => gone()],
    ['result_1', (x) => [x, fromTidy(() => tf.exp(x))]],
    ['picture', (x) => ({ x, picture: fromTidy(() => tf.exp(x)) })],
  ])('names a result that was disposed: %s', async (name, fn) => {
    const error = await compiling(fn);
    expect(error.code).toBe('BAD_OUTPUT');
    expect(error.message).toContain(`The function main returns ${name}, which was disposed`);
    expect(error.message).toContain('tf.keep it');
  });

  it('lets what was kept leave a gradient, and keeps it no longer than that', async () => {
    const weight = variable([2, 3]);
    const step = (keep: (y: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => {
      let y: tf.Tensor | undefined;
      const { value } = tf.variableGrads(() => tf.sum<tf.Scalar>((y = keep(tf.mul(weight, x)))), [weight]);
      return [value, y!, y!];
    };
    const error = await failure(compile(step((y) => y), [X], { variables: [weight] })); // prettier-ignore
    expect(error.message).toContain('The function main returns result_1, which was disposed');
    const compiled = await compile(step(tf.keep), [X], { variables: [weight] });
    expect(tf.memory().numTensors).toBe(before + 1);
    const x = tf.fill([2, 3], 4);
    const results = compiled(x);
    expect(results.map((result) => result.dataSync()[0])).toEqual([24, 4, 4]);
    tf.dispose([results, x, weight]);
    compiled.dispose();
  });

  it('passes the errors of the function itself on', async () => {
    const fn = (): Returned => {
      throw new TypeError('of my own');
    };
    await expect(compile(fn, [])).rejects.toThrow(new TypeError('of my own'));
  });

  it('is as harmless in the middle of a gradient and with variables', async () => {
    const weight = variable([3]);
    const step = (x: tf.Tensor): tf.Tensor => {
      const { value, grads } = tf.variableGrads(() => tf.sum<tf.Scalar>(tf.mul(x, weight)), [weight]);
      assign(weight, grads[weight.name]!);
      return tf.mul(value, value.dataSync()[0]!);
    };
    const error = await failure(compile(step, [X], { variables: [weight] }));
    expect(error.code).toBe('VALUE_READ');
    expect([...weight.dataSync()]).toEqual([1, 1, 1]);
    weight.dispose();
  });

  it('turns down bytes that do not fill whole int32 values', async () => {
    const error = await failure(compile((x: tf.Tensor) => x, [{ shape: [3, 3], packed: true }]));
    expect(error.code).toBe('UNSUPPORTED');
    expect(error.message).toContain('9 bytes (3 × 3)');
  });

  it('turns down a tensor that outlived its trace', async () => {
    let kept: tf.Tensor | undefined;
    const fn = (x: tf.Tensor): tf.Tensor => tf.clone((kept = tf.keep(tf.exp(x))));
    const compiled = await compile(fn, [X]);
    compiled.dispose();
    expect(() => tf.neg(kept!)).toThrow(CompileError);
    expect(() => kept!.dataSync()).toThrow(/result of Exp is read.*trace-errors\.spec\.ts/);
    const error = await compiling((x) => tf.add(x, kept!));
    expect(error.message).toMatch(THIS_FILE);
    kept!.dispose();
  });
});

describe('an error when a compiled function is called', () => {
  it.each<[string, CompileErrorCode, string, () => tf.Tensor[]]>([
    ['too few arguments', 'SHAPE_CHANGED', 'main takes 2 arguments, not 1', () => [tf.ones([2, 3])]],
    ['too many', 'SHAPE_CHANGED', 'main takes 2 arguments, not 3', () => [tf.ones([2, 3]), tf.ones([3]), tf.ones([3])]],
    ['another shape', 'SHAPE_CHANGED', 'main: argument_0 is float32 [3, 2], but the function was compiled for float32 [2, 3]', () => [tf.ones([3, 2]), tf.ones([3], 'int32')]], // prettier-ignore
    ['another rank', 'SHAPE_CHANGED', 'argument_0 is float32 []', () => [tf.scalar(1), tf.ones([3], 'int32')]],
    ['another type', 'SHAPE_CHANGED', 'main: count is float32 [3], but the function was compiled for int32 [3]', () => [tf.ones([2, 3]), tf.ones([3])]], // prettier-ignore
  ])('names the argument: %s', async (_, code, text, args) => {
    const compiled = await compile(
      (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.mul(x, y),
      [X, { shape: [3], dtype: 'int32', name: 'count' }],
    );
    const call = compiled as (...values: tf.Tensor[]) => tf.Tensor;
    const given = args();
    expect(() => call(...given)).toThrow(expect.objectContaining({ code }));
    expect(() => call(...given)).toThrow(text);
    tf.dispose(given);
    compiled.dispose();
  });

  it('says that the function was disposed', async () => {
    const compiled = await compile((x: tf.Tensor) => tf.neg(x), [X]);
    compiled.dispose();
    compiled.dispose();
    const x = tf.ones([2, 3]);
    expect(() => compiled(x)).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
    x.dispose();
  });
});

describe('what compiling leaves behind', () => {
  it('is nothing, and a call leaves its result', async () => {
    const [x, weight] = [tf.ones([2, 3]), variable([3])];
    const constant = tf.tensor1d([1, 2, 3]);
    const held = tf.memory().numTensors;
    const compiled = await compile(
      (a: tf.Tensor) => ({ sum: tf.sum(tf.mul(a, weight)), list: tf.add(a, constant) }),
      [X],
      { variables: [weight] },
    );
    expect(tf.memory().numTensors).toBe(held);
    const results = compiled(x);
    expect(tf.memory().numTensors).toBe(held + 2);
    expect(results.sum.dataSync()[0]).toBe(6);
    tf.dispose(results);
    compiled.writeVariables();
    compiled.readVariables();
    expect(tf.memory().numTensors).toBe(held);
    // The compiled function has its own copies.
    tf.dispose([weight, constant]);
    const again = compiled(x);
    expect([...again.list.dataSync()]).toEqual([2, 3, 4, 2, 3, 4]);
    tf.dispose([again, x]);
    compiled.dispose();
  });

  it('is nothing when results are arguments, constants, or given twice', async () => {
    const constant = tf.tensor1d([4, 5]);
    const compiled = await compile((a: tf.Tensor) => [a, a, constant, tf.tensor1d([6])], [X]);
    const x = tf.ones([2, 3]);
    const results = compiled(x);
    expect(results.map((result) => [...result.dataSync()].at(-1))).toEqual([1, 1, 5, 6]);
    tf.dispose([results, x, constant]);
    compiled.dispose();
  });

  it('is nothing inside of a tidy, and results are tidied with it', async () => {
    const compiled = await compile((a: tf.Tensor) => tf.neg(a), [X]);
    tf.tidy(() => {
      compiled(tf.ones([2, 3]));
    });
    compiled.dispose();
  });

  it('takes any names for results and arguments', async () => {
    const compiled = await compile((a: tf.Tensor) => ({ 'the loss, ü': tf.sum(a), x: tf.neg(a), _y: a }), [{ ...X, name: 'x' }]); // prettier-ignore
    const x = tf.ones([2, 3]);
    const results = compiled(x);
    expect(results['the loss, ü'].dataSync()[0]).toBe(6);
    expect(results.x.dataSync()[0]).toBe(-1);
    tf.dispose([results, x]);
    compiled.dispose();
  });
});

it('a function cannot have the name of what every program has', async () => {
  const weight = tf.tidy(() => tf.variable(tf.ones([2])));
  const functions = { write_variables: { fn: () => tf.neg(weight), signature: [] } };
  await expect(compileProgram(functions, { variables: [weight] })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  weight.dispose();
});
