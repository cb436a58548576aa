import * as tf from '@tensorflow/tfjs';

/** A forward pass that brings its own gradient. `save` keeps tensors for the backward pass. */
export type UnaryForward = (
  x: tf.Tensor4D,
  save: (tensors: tf.Tensor[]) => void,
) => { value: tf.Tensor4D; gradient: (dy: tf.Tensor4D, saved: readonly tf.Tensor[]) => tf.Tensor4D };

/** `tf.customGrad` for one picture batch in and one out, with its types in order. */
export function withGradient(forward: UnaryForward): (x: tf.Tensor4D) => tf.Tensor4D {
  const op = tf.customGrad((...inputs: (tf.Tensor | ((tensors: tf.Tensor[]) => void))[]) => {
    const [x, save] = inputs as [tf.Tensor4D, (tensors: tf.Tensor[]) => void];
    const { value, gradient } = forward(x, save);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(dy as tf.Tensor4D, saved) };
  });
  return (x) => op(x);
}
