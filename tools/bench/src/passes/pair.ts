import type { BuiltProgram, CompiledProgram, PassSwitches } from '@kinemacolor/compile';
import type * as tf from '@tensorflow/tfjs';

/** What is timed with and without: a pass of libs/compile, or bytes packed into the arguments and results. */
export type Switch = keyof PassSwitches | 'packedBytes';

/** A way to compile a piece of work and to run it. */
export interface Form<T> {
  /** Traces and builds anew at each call. */
  readonly build: () => Promise<BuiltProgram>;
  /** Does the work once, from values in memory to values in memory. */
  readonly run: (program: CompiledProgram) => T | Promise<T>;
}

/** The same work with something on and with it off. */
export interface Pair<T> {
  readonly on: Form<T>;
  readonly off: Form<T>;
  /** That both forms are compiled with; a program begins with the values that they have. */
  readonly variables: readonly tf.Variable[];
  /** What it computes in, for the report. */
  readonly precision: string;
  /** Runs of a new program whose results are compared. */
  readonly compared: number;
  /**
   * How far the results are apart.
   * @throws BenchError `DISAGREE` when that is too far for the same function
   */
  readonly difference: (on: readonly T[], off: readonly T[]) => number;
}

/** The switches to compile with when one is off. */
export const without = (off: Switch): Partial<PassSwitches> => (off === 'packedBytes' ? {} : { [off]: false });
