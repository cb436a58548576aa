import { assign } from '@kinemacolor/compile';
import * as tf from '@tensorflow/tfjs';

/** The decay of the update after `step` updates: it grows, so that early averages do not remember the start. */
export const averageDecay = (most: number, step: number): number => Math.min(most, (step + 1) / (step + 10));

/**
 * An exponential moving average of weights (Polyak and Juditsky 1992): smoother than the last step, and what is
 * validated and shipped.
 */
export class WeightAverage {
  private readonly shadow: tf.Variable[];

  constructor(private readonly weights: readonly tf.LayerVariable[]) {
    // Added to 0: a variable made of another one shares its memory until either is assigned to.
    this.shadow = tf.tidy(() => weights.map((weight) => tf.variable(tf.add(weight.read(), 0), false)));
  }

  /** One update; part of the training step, eager or compiled. @param decay share that the average keeps */
  update(decay: tf.Scalar): void {
    for (const [i, weight] of this.weights.entries()) {
      const mean = this.shadow[i]!;
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

  /** Begins anew with the weights as they are. */
  restart(): void {
    tf.tidy(() => {
      for (const [i, weight] of this.weights.entries()) this.shadow[i]!.assign(tf.add(weight.read(), 0));
    });
  }

  /** The averages, in the order of the weights; still owned here. */
  values(): readonly tf.Variable[] {
    return this.shadow;
  }

  dispose(): void {
    tf.dispose(this.shadow);
  }

  private write(values: readonly tf.Tensor[]): void {
    for (const [i, weight] of this.weights.entries()) weight.write(values[i]!);
  }
}
