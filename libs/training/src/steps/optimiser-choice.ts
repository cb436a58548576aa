import { adam, lamb, type Optimiser } from '@kinemacolor/compile';
import type * as tf from '@tensorflow/tfjs';

export interface OptimiserChoice {
  readonly kind: 'adam' | 'lamb';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** @throws RangeError for Adam with a weight decay, which it has no place for */
export function optimiserFor({ kind, ...options }: OptimiserChoice, weights: readonly tf.Variable[]): Optimiser {
  if (kind === 'lamb') return lamb(weights, options);
  const { weightDecay, ...rest } = options;
  if (weightDecay !== 0) throw new RangeError('Adam has no weight decay here: use lamb, or set weightDecay to 0.');
  return adam(weights, rest);
}
