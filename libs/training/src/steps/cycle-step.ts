import { chromaL1, cycle, identity, lsganDiscriminator, lsganGenerator, perceptual } from '@kinemacolor/losses'; // prettier-ignore
import * as tf from '@tensorflow/tfjs';
import { greyOf, chromaOf } from './colour-planes.js';
import type { CycleNetworks } from '../networks/cycle-networks.js';
import { run } from '../networks/variables-of.js';
import type { Perception } from './perception.js';
import { Kept } from './kept.js';
import { weigh } from './losses-record.js';

/** What the losses weigh; 0 leaves a term out. */
export interface CycleLossWeights {
  readonly adversarial: number;
  readonly cycle: number;
  readonly identity: number;
  readonly perceptual: number;
  /** Paired chroma: a colour picture turned grey asks for its own colours back. */
  readonly chroma: number;
}

export interface GeneratorsResult {
  readonly losses: Record<string, tf.Scalar>;
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
  readonly fakeColour: tf.Tensor4D;
  readonly fakeGrey: tf.Tensor4D;
}

/**
 * Losses and gradients of both generators, as the public CycleGAN orders a step: the generators first, against the
 * discriminators as they are. Plain tfjs, for tracing and for eager use alike.
 * @param grey real black-and-white pictures `[b, s, s, 3]` in −1..1
 * @param colour real colour pictures of the same shape
 */
export function generatorsStep(
  networks: CycleNetworks,
  weights: CycleLossWeights,
  features: Perception | undefined,
  grey: tf.Tensor4D,
  colour: tf.Tensor4D,
): GeneratorsResult {
  const { toColour, toGrey, judgeColour, judgeGrey } = networks;
  const [losses, pictures] = [new Kept(), new Kept()];
  const seen = (real: tf.Tensor4D, cycled: tf.Tensor4D): tf.Scalar =>
    features === undefined ? tf.scalar(0) : perceptual(real, cycled, features.extract, features.weights);
  const { value, grads } = tf.variableGrads(() => {
    const [fakeColour, fakeGrey] = [run(toColour, grey), run(toGrey, colour)];
    pictures.keep('fakeColour', fakeColour);
    pictures.keep('fakeGrey', fakeGrey);
    const needsCycle = weights.cycle !== 0 || (weights.perceptual !== 0 && features !== undefined);
    const [againGrey, againColour] = needsCycle ? [run(toGrey, fakeColour), run(toColour, fakeGrey)] : [grey, colour];
    const { adversarial } = weights;
    const perceived = features === undefined ? 0 : weights.perceptual;
    return weigh(
      {
        adversarialColour: { weight: adversarial, value: () => lsganGenerator(run(judgeColour, fakeColour)) },
        adversarialGrey: { weight: adversarial, value: () => lsganGenerator(run(judgeGrey, fakeGrey)) },
        cycleGrey: { weight: weights.cycle, value: () => cycle(againGrey, grey) },
        cycleColour: { weight: weights.cycle, value: () => cycle(againColour, colour) },
        identityColour: { weight: weights.identity, value: () => identity(run(toColour, colour), colour) },
        identityGrey: { weight: weights.identity, value: () => identity(run(toGrey, grey), grey) },
        perceptualGrey: { weight: perceived, value: () => seen(grey, againGrey) },
        perceptualColour: { weight: perceived, value: () => seen(colour, againColour) },
        chroma: {
          weight: weights.chroma,
          value: () => chromaL1(chromaOf(run(toColour, greyOf(colour))), chromaOf(colour)),
        },
      },
      losses,
    );
  }, [...networks.generatorWeights]);
  const { fakeColour, fakeGrey } = pictures.release<tf.Tensor4D>();
  return {
    losses: { ...losses.release<tf.Scalar>(), generator: value },
    gradients: grads,
    fakeColour: fakeColour!,
    fakeGrey: fakeGrey!,
  };
}

/** Losses and gradients of both discriminators, each on a real picture and a painted one that is a constant here. */
export function discriminatorsStep(
  { judgeColour, judgeGrey, judgeColourWeights, judgeGreyWeights }: CycleNetworks,
  real: { readonly grey: tf.Tensor4D; readonly colour: tf.Tensor4D },
  fake: { readonly grey: tf.Tensor4D; readonly colour: tf.Tensor4D },
): { losses: Record<string, tf.Scalar>; gradients: Readonly<Record<string, tf.Tensor>> } {
  const colour = tf.variableGrads(
    () => lsganDiscriminator(run(judgeColour, real.colour), run(judgeColour, fake.colour)),
    [...judgeColourWeights],
  );
  const grey = tf.variableGrads(
    () => lsganDiscriminator(run(judgeGrey, real.grey), run(judgeGrey, fake.grey)),
    [...judgeGreyWeights],
  );
  return {
    losses: { discriminatorColour: colour.value, discriminatorGrey: grey.value },
    gradients: { ...colour.grads, ...grey.grads },
  };
}
