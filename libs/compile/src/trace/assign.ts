import type * as tf from '@tensorflow/tfjs';
import { activeRecorder } from './recorder.js';
import { recordingBackend } from './recording-backend.js';

/**
 * Gives a variable a new value. Outside of a trace that is `variable.assign(value)`; while a function is traced, the
 * compiled function will do it each time it runs, and what follows in the trace sees the new value.
 *
 * Use it in functions that are to be compiled, instead of `variable.assign`.
 * @throws CompileError `UNKNOWN_VARIABLE` while tracing, unless the variable is one of the program's
 */
export function assign(variable: tf.Variable, value: tf.Tensor): void {
  const recorder = activeRecorder();
  if (recorder === undefined) variable.assign(value);
  else recorder.assign(variable, recordingBackend().lookup(value));
}
