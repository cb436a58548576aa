import { buildDiscriminator, buildGenerator, type GeneratorConfig } from '@kinemacolor/models';
import * as tf from '@tensorflow/tfjs';
import type { CycleNetworksConfig } from './cycle-networks.js';
import { variablesOf } from './variables-of.js';

/** A generator from luma to chroma and a discriminator that sees both: luma is never painted, so it needs no cycle. */
export interface ChromaNetworks {
  readonly config: GeneratorConfig;
  readonly painter: tf.LayersModel;
  /** Scores `[b, h, w, 3]` of luma, U and V. */
  readonly judge: tf.LayersModel;
  readonly painterWeights: readonly tf.Variable[];
  readonly judgeWeights: readonly tf.Variable[];
}

export function chromaNetworks(shape: CycleNetworksConfig, seed: number): ChromaNetworks {
  const { width, residualBlocks, discriminatorWidth } = shape;
  const config: GeneratorConfig = { width, residualBlocks, inputChannels: 1, outputChannels: 2 };
  const painter = buildGenerator(config, seed * 4000);
  const judge = buildDiscriminator({ width: discriminatorWidth, inputChannels: 3 }, seed * 4000 + 2000);
  // Chroma is small: a full-size first guess would spend the first thousand steps on becoming grey.
  tf.tidy(() => {
    for (const weight of painter.getLayer('output').trainableWeights) weight.write(tf.mul(weight.read(), 0.1));
  });
  return { config, painter, judge, painterWeights: variablesOf(painter), judgeWeights: variablesOf(judge) };
}
