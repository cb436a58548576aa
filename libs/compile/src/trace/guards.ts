import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { callerPlace } from './place.js';
import { disposedWhenUsed } from './recorder.js';
import { RECORDING } from './recording-backend.js';

/**
 * Runs a function to be recorded with everything of tfjs switched off that would happen now, once, instead of whenever
 * the compiled function runs: reading values from outside, changing variables and making them. The calls throw before
 * anything has changed, so tensors and variables are afterwards as they were. What was disposed says so by a CompileError.
 * @param name of the function, for the messages
 */
export function guarded<T>(name: string, variables: readonly tf.Variable[], record: () => T): T {
  const engine = tf.engine();
  const recording: unknown = engine.findBackend(RECORDING);
  const [readSync, read] = [engine.readSync.bind(engine), engine.read.bind(engine)];
  const checkRead = (dataId: object): void => {
    const backend: unknown = engine.state.tensorInfo.get(dataId)?.backend;
    if (backend === undefined || backend === recording) return;
    const variable = variables.find((one) => one.dataId === dataId);
    const what = variable === undefined ? `a tensor from outside of ${name}` : `the variable ${variable.name}`;
    throw new CompileError(
      'VALUE_READ',
      `The value of ${what} is read${callerPlace()}, which would hold for ever in the compiled function: compute with tensors, or read it before.`,
    );
  };
  const undo = [
    replace(engine, 'readSync', (dataId: object) => (checkRead(dataId), readSync(dataId))),
    replace(engine, 'read', (dataId: object) => (checkRead(dataId), read(dataId))),
    replace(engine, 'makeVariable', (_: tf.Tensor, __?: boolean, variable?: string) => {
      throw new CompileError(
        'UNSUPPORTED',
        `${variable ?? 'A variable'} is made${callerPlace()} while ${name} is traced: make variables before (tfjs's optimisers make and change some; use the ones of @kinemacolor/compile).`,
      );
    }),
    replace(tf.Variable.prototype, 'assign', function (this: tf.Variable) {
      throw new CompileError(
        'UNSUPPORTED',
        `${this.name} was assigned to while ${name} was traced: use assign() of @kinemacolor/compile, or its optimisers,${callerPlace()}.`,
      );
    }),
    // What methods of tensors ask first; functions come to a kernel, which asks as well.
    replace(tf.Tensor.prototype, 'throwIfDisposed', function (this: tf.Tensor) {
      if (this.isDisposed) throw disposedWhenUsed(this);
    }),
  ];
  try {
    return record();
  } finally {
    for (const restore of undo) restore();
  }
}

/** Puts another value in an object's place for it; the function returned takes it away again. */
function replace(target: object, key: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { value, configurable: true, writable: true, enumerable: false });
  return () => {
    Reflect.deleteProperty(target, key);
    if (own !== undefined) Object.defineProperty(target, key, own);
  };
}
