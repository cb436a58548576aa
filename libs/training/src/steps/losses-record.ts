import * as tf from '@tensorflow/tfjs';
import type { Kept } from './kept.js';

/** Losses of one step by name; `generator` and `discriminator…` are what was minimised, weighted. */
export type StepLosses = Readonly<Record<string, number>>;

/** Reads scalars and frees them. */
export function readLosses(scalars: Readonly<Record<string, tf.Scalar>>): StepLosses {
  const losses: Record<string, number> = {};
  for (const [name, scalar] of Object.entries(scalars)) {
    losses[name] = scalar.dataSync<'float32'>()[0]!;
    scalar.dispose();
  }
  return losses;
}

/** Terms of a loss, each by its name with its weight; those that weigh nothing are not computed. */
export type Terms = Readonly<Record<string, { readonly weight: number; readonly value: () => tf.Scalar }>>;

/** The weighted sum, and each term kept (unweighted) for the log. */
export function weigh(terms: Terms, kept: Kept): tf.Scalar {
  const parts: tf.Scalar[] = [];
  for (const [name, { weight, value }] of Object.entries(terms)) {
    if (weight === 0) continue;
    const term = value();
    kept.keep(name, term);
    parts.push(tf.mul(term, weight));
  }
  return tf.addN(parts.length > 0 ? parts : [tf.scalar(0)]).asScalar();
}

/** Runs a step whose tensors are freed and whose result is numbers. */
export function lossesOf(step: () => StepLosses): StepLosses {
  let losses: StepLosses = {};
  tf.tidy(() => {
    losses = step();
  });
  return losses;
}
