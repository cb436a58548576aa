import type * as tf from '@tensorflow/tfjs';
import type { ArgumentSpec, Returned } from '../trace/function-shape.js';
import type { TracedFunction } from '../trace/trace.js';
import { compileProgram, type CompileOptions } from './program.js';

/** A compiled function: called as the one it was made from. */
export interface Compiled<Args extends readonly tf.Tensor[], Result extends Returned> {
  (...args: Args): Result;
  /** Gives the program the values that its tf.Variables have now. */
  readonly writeVariables: () => void;
  /** Gives the tf.Variables the values that the program has now. */
  readonly readVariables: () => void;
  readonly dispose: () => void;
}

export interface CompileFunctionOptions extends CompileOptions {
  /** The results, in 0..255, leave as bytes, four to an int32: see `unpackBytes`. */
  readonly packedResults?: boolean;
}

/**
 * Compiles a plain tfjs function into one TensorFlow graph that runs in one call: a forward pass, or a whole training
 * step with `tf.variableGrads` and an optimiser of this package inside. The function runs once, now, to be recorded.
 *
 * @param fn ops on tensors only; what it does to variables goes through `assign`
 * @param signature shape and type of each argument, fixed for this compiled form
 * @returns a function of the same shape; its results belong to the caller
 * @throws CompileError: an op without a rule or a value that is read names the op and the place in the caller's code
 */
export async function compile<Args extends readonly tf.Tensor[], Result extends Returned>(
  fn: (...args: Args) => Result,
  signature: { readonly [Index in keyof Args]: ArgumentSpec },
  { packedResults = false, ...options }: CompileFunctionOptions = {},
): Promise<Compiled<Args, Result>> {
  const traced = { fn: fn as unknown as TracedFunction['fn'], signature: signature as readonly ArgumentSpec[], packedResults }; // prettier-ignore
  const program = await compileProgram({ main: traced }, options);
  const { writeVariables, readVariables, dispose } = program;
  const call = (...args: Args): Result => program.functions.main(...(args as readonly tf.Tensor[])) as Result;
  return Object.assign(call, { writeVariables, readVariables, dispose });
}
