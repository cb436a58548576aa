import { adam, lamb, muon, type Optimiser } from '@kinemacolor/compile';
import type * as tf from '@tensorflow/tfjs';

export interface OptimiserChoice {
  readonly kind: 'adam' | 'lamb' | 'muon';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** @throws RangeError for Adam or Muon with a weight decay, which they have no place for */
export function optimiserFor({ kind, ...options }: OptimiserChoice, weights: readonly tf.Variable[]): Optimiser {
  if (kind === 'lamb') return lamb(weights, options);
  const { weightDecay, ...rest } = options;
  if (weightDecay !== 0) throw new RangeError(`${kind} has no weight decay here: use lamb, or set weightDecay to 0.`);
  return kind === 'muon' ? muon(weights, rest) : adam(weights, rest);
}
