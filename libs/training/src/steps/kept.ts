import * as tf from '@tensorflow/tfjs';

/**
 * Brings tensors out of the function that gradients are taken in, whose other tensors are freed: `keep` inside,
 * `release` outside, which hands them to the scope that is open there.
 */
export class Kept {
  private readonly tensors: Record<string, tf.Tensor> = {};

  keep(name: string, tensor: tf.Tensor): void {
    this.tensors[name] = tf.keep(tensor.clone());
  }

  release<T extends tf.Tensor>(): Record<string, T> {
    const entries = Object.entries(this.tensors).map(([name, tensor]) => [name, tensor.clone()] as const);
    tf.dispose(this.tensors);
    return Object.fromEntries(entries) as Record<string, T>;
  }
}
