import * as tf from '@tensorflow/tfjs';

/** Gives every variable the value 0. */
export function zero(variables: readonly tf.Variable[]): void {
  tf.tidy(() => {
    for (const variable of variables) variable.assign(tf.zerosLike(variable));
  });
}
