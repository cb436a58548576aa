import * as tf from '@tensorflow/tfjs';

import { LossError } from './loss-error.js';

/** Subtraction would broadcast `[b, h, w, 1]` over `[b, h, w, 2]` in silence, and the loss would mean something else. */
export function checkSameShape(loss: string, output: tf.Tensor, target: tf.Tensor): void {
  if (!tf.util.arraysEqual(output.shape, target.shape)) {
    throw new LossError(
      'SHAPE_MISMATCH',
      `${loss}: the output is [${output.shape.join(', ')}] and the target [${target.shape.join(', ')}]: give both one shape.`,
    );
  }
}
