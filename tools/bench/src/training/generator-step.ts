import { adam, type ArgumentSpec, type Optimiser } from '@kinemacolor/compile';
import * as tf from '@tensorflow/tfjs';
import { ADAM } from '../step/form.js';

/** One optimisation step of a generator as a plain function, and what it changes. */
export interface GeneratorStep {
  /** Luma and true chroma → the loss before the step: L1. */
  readonly fn: (input: tf.Tensor4D, truth: tf.Tensor4D) => tf.Scalar;
  readonly signature: readonly [ArgumentSpec, ArgumentSpec];
  readonly weights: readonly tf.Variable[];
  readonly optimiser: Optimiser;
  /** Of the weights and of Adam. */
  readonly variables: readonly tf.Variable[];
}

/** The step of the bench `training` (L1, Adam, batch 1) at `size` × `size` pixels, to be compiled. */
export function generatorStep(model: tf.LayersModel, size: number): GeneratorStep {
  const { rate, ...options } = ADAM;
  const weights = model.trainableWeights.map((weight) => weight.read() as unknown as tf.Variable);
  const optimiser = adam(weights, options);
  return {
    fn: (input, truth) => {
      const loss = (): tf.Scalar => tf.mean(tf.abs(tf.sub(model.apply(input) as tf.Tensor4D, truth)));
      const { value, grads } = tf.variableGrads(loss, weights);
      optimiser.apply(grads, { rate });
      return value;
    },
    signature: [{ shape: [1, size, size, 1] }, { shape: [1, size, size, 2] }],
    weights,
    optimiser,
    variables: [...weights, ...optimiser.variables],
  };
}
