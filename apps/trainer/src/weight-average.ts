import * as tf from '@tensorflow/tfjs';

/**
 * An exponential moving average of weights (Polyak and Juditsky 1992): smoother than the last step, and what is
 * validated and shipped. The decay grows with the number of updates, so that early averages do not remember the start.
 */
export class WeightAverage {
  private readonly shadow: tf.Variable[];

  constructor(
    private readonly weights: readonly tf.LayerVariable[],
    private readonly decay: number,
  ) {
    this.shadow = weights.map((weight) => tf.variable(weight.read(), false));
  }

  /** @param step updates so far, from 0 */
  update(step: number): void {
    const decay = Math.min(this.decay, (step + 1) / (step + 10));
    tf.tidy(() => {
      for (const [i, weight] of this.weights.entries()) {
        const mean = this.shadow[i]!;
        mean.assign(tf.add(tf.mul(mean, decay), tf.mul(weight.read(), 1 - decay)));
      }
    });
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
  values(): readonly tf.Tensor[] {
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
