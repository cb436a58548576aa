import { buildDiscriminator, buildGenerator, type GeneratorConfig } from '@kinemacolor/models';
import type * as tf from '@tensorflow/tfjs';
import { variablesOf } from './variables-of.js';

export interface CycleNetworksConfig {
  /** Channels after the generators' first convolution; 64 in the seed. */
  readonly width: number;
  readonly residualBlocks: number;
  /** Channels after the discriminators' first convolution; 64 in the seed. */
  readonly discriminatorWidth: number;
}

/** The four networks of a CycleGAN (Zhu et al. 2017) between black-and-white and colour, RGB → RGB in −1..1. */
export interface CycleNetworks {
  readonly config: GeneratorConfig;
  /** Black-and-white → colour: the one that is shipped. */
  readonly toColour: tf.LayersModel;
  /** Colour → black-and-white. */
  readonly toGrey: tf.LayersModel;
  readonly judgeColour: tf.LayersModel;
  readonly judgeGrey: tf.LayersModel;
  readonly generatorWeights: readonly tf.Variable[];
  readonly judgeColourWeights: readonly tf.Variable[];
  readonly judgeGreyWeights: readonly tf.Variable[];
}

/** @param seed each network draws its first weights from numbers of its own */
export function cycleNetworks(shape: CycleNetworksConfig, seed: number): CycleNetworks {
  const { width, residualBlocks, discriminatorWidth } = shape;
  const config: GeneratorConfig = { width, residualBlocks, inputChannels: 3, outputChannels: 3 };
  const judge = { width: discriminatorWidth, inputChannels: 3 };
  const own = (network: number): number => seed * 4000 + network * 1000;
  const [toColour, toGrey] = [buildGenerator(config, own(0)), buildGenerator(config, own(1))];
  const [judgeColour, judgeGrey] = [buildDiscriminator(judge, own(2)), buildDiscriminator(judge, own(3))];
  return {
    config,
    toColour,
    toGrey,
    judgeColour,
    judgeGrey,
    generatorWeights: [toColour, toGrey].flatMap(variablesOf),
    judgeColourWeights: variablesOf(judgeColour),
    judgeGreyWeights: variablesOf(judgeGrey),
  };
}
