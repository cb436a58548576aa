import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { RECORDING } from '../trace/recording-backend.js';

/**
 * tfjs has one backend at work, which may be another than the engine that was loaded, and then the tensors are
 * elsewhere than where compiled functions run.
 * @throws CompileError `UNSUPPORTED`
 */
export function checkBackend(): void {
  const name = tf.getBackend();
  // A trace under way says itself what is wrong.
  if (name === 'tensorflow' || name === RECORDING) return;
  throw new CompileError(
    'UNSUPPORTED',
    `tfjs works on its backend ${name}, but compiled functions need tensorflow: await tf.setBackend('tensorflow') first.`,
  );
}
