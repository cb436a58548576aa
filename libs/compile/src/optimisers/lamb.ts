import * as tf from '@tensorflow/tfjs';
import { assign } from '../trace/assign.js';
import { momentsOf, type Optimiser } from './optimiser.js';

export interface LambOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  /** Upper bound of the trust ratio. */
  readonly largestTrust?: number;
}

/**
 * LAMB (You et al. 2020, algorithm 2) as fastai has it: the trust ratio is that of root mean squares, 1 when either is
 * 0, and bounded. `w −= rate · min(rms(w) / rms(u), bound) · u`, with `u = m̂ / (√v̂ + ε) + decay · w`.
 *
 * Plain tfjs, eager and compiled alike.
 * @param weights float32 variables; the optimiser's own variables are made beside them and belong to the caller
 */
export function lamb(
  weights: readonly tf.Variable[],
  { beta1 = 0.9, beta2 = 0.99, epsilon = 1e-6, weightDecay = 0, largestTrust = 10 }: LambOptions = {},
): Optimiser {
  const state = momentsOf(weights);
  const rms = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.mean(tf.square(x)));
  return {
    variables: state.variables,
    apply: (gradients, { rate, beta1: momentum = beta1 }) => {
      tf.tidy(() => {
        const step = tf.add(state.step, 1);
        assign(state.step, step);
        const [first, second] = [tf.sub(1, tf.pow(momentum, step)), tf.sub(1, tf.pow(beta2, step))];
        for (const [i, weight] of weights.entries()) {
          const gradient = gradients[weight.name];
          if (gradient === undefined) continue;
          const m = tf.add(tf.mul(state.first[i]!, momentum), tf.mul(gradient, tf.sub(1, momentum)));
          const v = tf.add(tf.mul(state.second[i]!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
          assign(state.first[i]!, m);
          assign(state.second[i]!, v);
          const adapted = tf.div(tf.div(m, first), tf.add(tf.sqrt(tf.div(v, second)), epsilon));
          const update = weightDecay === 0 ? adapted : tf.add(adapted, tf.mul(weight, weightDecay));
          const [size, change] = [rms(weight), rms(update)];
          const usable = tf.logicalAnd(tf.greater(size, 0), tf.greater(change, 0));
          // Where there is no ratio the divisor is replaced too: 0 / 0 would poison what the selection leaves out.
          const safe = tf.where(usable, change, tf.onesLike(change));
          const ratio = tf.where(usable, tf.minimum(tf.div(size, safe), largestTrust), tf.onesLike(size));
          assign(weight, tf.sub(weight, tf.mul(update, tf.mul(ratio, rate))));
        }
      });
    },
  };
}
