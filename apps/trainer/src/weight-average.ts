import { assign } from '@kinemacolor/compile';
import * as tf from '@tensorflow/tfjs';

/**
 * An exponential moving average of weights (Polyak and Juditsky 1992): smoother than the last step, and what is
 * validated and shipped.
 */
export class WeightAverage {
  private readonly shadow: tf.Variable[];

  constructor(
    private readonly weights: readonly tf.LayerVariable[],
    private readonly decay: number,
  ) {
    // Added to 0: a variable made of another one shares its memory until either is assigned to.
    this.shadow = tf.tidy(() => weights.map((weight) => tf.variable(tf.add(weight.read(), 0), false)));
  }

  /** The decay of the update after `step` updates: it grows, so that early averages do not remember the start. */
  decayAt(step: number): number {
    return Math.min(this.decay, (step + 1) / (step + 10));
  }

  /** One update; to be called in the training step, eager or compiled. */
  update(decay: tf.Scalar): void {
    for (const [i, weight] of this.weights.entries()) {
      const mean = this.shadow[i]!;
      // mean + (1 − decay)(weight − mean), so that one op less is needed.
      assign(mean, tf.add(mean, tf.mul(tf.sub(weight.read(), mean), tf.sub(1, decay))));
    }
  }

  /** Runs `use` with the averaged weights in the model, then puts the trained ones back. */
  async within<T>(use: () => Promise<T>): Promise<T> {
    const trained = this.weights.map((weight) => weight.read().clone());
    try {
      this.write(this.shadow);
      return await use();
    } finally {
      this.write(trained);
      tf.dispose(trained);
    }
  }

  /** The averages, in the order of the weights; still owned here. */
  values(): readonly tf.Variable[] {
    return this.shadow;
  }

  restore(values: readonly tf.Tensor[]): void {
    for (const [i, value] of values.entries()) this.shadow[i]!.assign(value);
  }

  dispose(): void {
    tf.dispose(this.shadow);
  }

  private write(values: readonly tf.Tensor[]): void {
    for (const [i, weight] of this.weights.entries()) weight.write(values[i]!);
  }
}
