import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { sameShape, sizeOf } from '../graph/graph.js';
import { argumentName, unflatten, type ArgumentSpec, type Returned } from '../trace/function-shape.js';
import type { FunctionInterface } from '../trace/trace.js';

/** A function of the shape that was traced, over one that takes and gives named tensors. */
export function callable(
  name: string,
  { signature, returns }: FunctionInterface,
  predict: (inputs: tf.NamedTensorMap) => tf.NamedTensorMap,
): (...args: tf.Tensor[]) => Returned {
  return (...args) => {
    if (args.length !== signature.length) {
      throw new CompileError('SHAPE_CHANGED', `${name} takes ${signature.length} arguments, not ${args.length}.`);
    }
    checkNoGradient(name);
    const inputs: tf.NamedTensorMap = {};
    for (const [i, spec] of signature.entries()) {
      const argument = argumentName(spec, i);
      checkTensor(`${name}: ${argument}`, args[i]);
      checkArgument(`${name}: ${argument}`, args[i]!, spec);
      inputs[argument] = args[i]!;
    }
    return unflatten(returns, predict(inputs));
  };
}

/** tfjs would take the results for constants, and the gradient would silently lack what lies behind them. */
function checkNoGradient(name: string): void {
  if (tf.engine().state.gradientDepth === 0) return;
  throw new CompileError(
    'UNSUPPORTED',
    `${name} is called inside of a gradient, which cannot see through a compiled function: take the gradient inside of the function that is compiled.`,
  );
}

/** Callers without types, and those that dispose too early. */
function checkTensor(what: string, value: unknown): void {
  if (!(value instanceof tf.Tensor)) {
    const text = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
    throw new CompileError('BAD_ARGUMENT', `${what} must be a tensor, not ${text}.`);
  }
  if (value.isDisposed) throw new CompileError('BAD_ARGUMENT', `${what} is a tensor that was disposed.`);
}

/** A graph is for the shapes it was traced with. */
function checkArgument(what: string, { shape, dtype }: tf.Tensor, spec: ArgumentSpec): void {
  const expected = spec.packed === true ? [sizeOf(spec.shape) / 4] : spec.shape;
  const type = spec.packed === true ? 'int32' : (spec.dtype ?? 'float32');
  if (sameShape(shape, expected) && dtype === type) return;
  throw new CompileError(
    'SHAPE_CHANGED',
    `${what} is ${dtype} [${shape.join(', ')}], but the function was compiled for ${type} [${expected.join(', ')}]: compile it again for another shape.`,
  );
}
