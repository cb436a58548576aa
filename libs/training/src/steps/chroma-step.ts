import { logError, lsganDiscriminator, lsganGenerator, perceptual, weightedHuber } from '@kinemacolor/losses';
import * as tf from '@tensorflow/tfjs';
import type { ChromaNetworks } from '../networks/chroma-networks.js';
import { run } from '../networks/variables-of.js';
import { rgbOf } from './colour-planes.js';
import { Kept } from './kept.js';
import { weigh } from './losses-record.js';
import type { Perception } from './perception.js';

/** What the losses weigh; 0 leaves a term out. */
export interface ChromaLossWeights {
  readonly adversarial: number;
  readonly perceptual: number;
  readonly chroma: number;
  /** Where Huber turns from a parabola into a line, on the scale −1..1. */
  readonly chromaDelta: number;
  /** What the logarithm of each picture's error weighs; default 0. */
  readonly chromaLog?: number | undefined;
  /** How much more a coloured pixel counts than a grey one. */
  readonly colourWeight: number;
}

/** Two of 127.5 levels, squared: less than that nobody sees. */
const LOG_FLOOR = (2 / 127.5) ** 2;

/** Chroma is about a third as wide as luma: the discriminator sees it widened, so that it looks at it at all. */
const CHROMA_FOR_JUDGE = 3;

const judged = (luma: tf.Tensor4D, chroma: tf.Tensor4D): tf.Tensor4D =>
  tf.concat([luma, tf.mul<tf.Tensor4D>(chroma, CHROMA_FOR_JUDGE)], 3);

/**
 * Losses and gradients of the generator: the paired chroma term, what a feature network sees, and, from the adversarial
 * phase on, the discriminator's opinion (NoGAN's order, DeOldify).
 * @param luma `[b, s, s, 1]` in −1..1
 * @param truth chroma `[b, s, s, 2]`, where ±1 is ±127.5 levels
 */
export function painterStep(
  { painter, judge, painterWeights }: ChromaNetworks,
  weights: ChromaLossWeights,
  features: Perception | undefined,
  luma: tf.Tensor4D,
  truth: tf.Tensor4D,
): { losses: Record<string, tf.Scalar>; gradients: Readonly<Record<string, tf.Tensor>>; painted: tf.Tensor4D } {
  const [losses, pictures] = [new Kept(), new Kept()];
  const { value, grads } = tf.variableGrads(() => {
    const chroma = run(painter, luma);
    pictures.keep('painted', chroma);
    return weigh(
      {
        chroma: {
          weight: weights.chroma,
          value: () => weightedHuber(chroma, truth, weights.chromaDelta, weights.colourWeight),
        },
        chromaLog: { weight: weights.chromaLog ?? 0, value: () => logError(chroma, truth, LOG_FLOOR) },
        perceptual: {
          weight: features === undefined ? 0 : weights.perceptual,
          value: () => perceptual(rgbOf(luma, truth), rgbOf(luma, chroma), features!.extract, features!.weights),
        },
        adversarial: { weight: weights.adversarial, value: () => lsganGenerator(run(judge, judged(luma, chroma))) },
      },
      losses,
    );
  }, [...painterWeights]);
  const { painted } = pictures.release<tf.Tensor4D>();
  return { losses: { ...losses.release<tf.Scalar>(), generator: value }, gradients: grads, painted: painted! };
}

/** Loss and gradients of the discriminator, on true and painted chroma over the same luma. */
export function judgeStep(
  { judge, judgeWeights }: ChromaNetworks,
  luma: tf.Tensor4D,
  truth: tf.Tensor4D,
  painted: tf.Tensor4D,
): { losses: Record<string, tf.Scalar>; gradients: Readonly<Record<string, tf.Tensor>> } {
  const { value, grads } = tf.variableGrads(
    () => lsganDiscriminator(run(judge, judged(luma, truth)), run(judge, judged(luma, painted))),
    [...judgeWeights],
  );
  return { losses: { discriminator: value }, gradients: grads };
}
