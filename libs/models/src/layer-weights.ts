import * as tf from '@tensorflow/tfjs';

// Types, not interfaces: tidy and dispose take only what has an implicit index signature.
type Weights = { kernel: tf.Tensor; bias: tf.Tensor1D };
/** Kernels and biases by the names of the layers. */
export type LayerWeights = Record<string, Weights>;

/** The weights of these layers, cloned. */
export function layerWeights(model: tf.LayersModel, names: readonly string[]): LayerWeights {
  const weights = names.map((name): [string, Weights] => {
    const [kernel, bias] = model.getLayer(name).getWeights();
    return [name, { kernel: tf.clone(kernel!), bias: tf.clone(bias as tf.Tensor1D) }];
  });
  return Object.fromEntries(weights);
}
