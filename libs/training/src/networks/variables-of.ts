import type * as tf from '@tensorflow/tfjs';

/** The variables behind the weights of a network or a layer: what gradients are taken of. `read()` returns them, though its type does not say so. */
export const variablesOf = (model: Pick<tf.LayersModel, 'trainableWeights'>): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as unknown as tf.Variable);

/** A network in a function that may be compiled. */
export const run = (model: tf.LayersModel, x: tf.Tensor): tf.Tensor4D => model.apply(x) as tf.Tensor4D;
