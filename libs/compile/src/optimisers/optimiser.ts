import * as tf from '@tensorflow/tfjs';

/** What may change from step to step. Tensors in a compiled function, so that one graph serves a whole schedule. */
export interface OptimiserStep {
  readonly rate: tf.Scalar | number;
  /** Momentum of this step; default: the optimiser's own. 1cycle schedules move it. */
  readonly beta1?: tf.Scalar | number;
}

/** An optimiser whose state is tf.Variables, and whose update is part of the function that calls it. */
export interface Optimiser {
  /** Its state: to be given to `compile` beside the weights, and to be stored in checkpoints, in this order. */
  readonly variables: readonly tf.Variable[];
  /**
   * Changes the weights and the state by one step.
   * @param gradients by the name of the weight, as `tf.variableGrads` returns them; weights without one stay
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, step: OptimiserStep): void;
}

/** First and second moments of each weight, and the number of steps so far. */
export interface Moments {
  readonly step: tf.Variable<tf.Rank.R0>;
  readonly first: readonly tf.Variable[];
  readonly second: readonly tf.Variable[];
  readonly variables: readonly tf.Variable[];
}

export function momentsOf(weights: readonly tf.Variable[]): Moments {
  return tf.tidy(() => {
    const zeros = (): tf.Variable[] => weights.map(({ shape }) => tf.variable(tf.zeros(shape), false));
    // A float counts exactly up to 2²⁴ steps, and powers need no cast.
    const step = tf.variable(tf.scalar(0), false);
    const [first, second] = [zeros(), zeros()];
    return { step, first, second, variables: [step, ...first, ...second] };
  });
}
