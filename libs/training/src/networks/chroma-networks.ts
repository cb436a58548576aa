import {
  buildDiscriminator,
  buildGenerator,
  recogniserOf,
  type GeneratorConfig,
  type Semantics,
} from '@kinemacolor/models';
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
  /** Those of `painterWeights` that belong to the recogniser of its semantic branch. */
  readonly recogniserWeights: readonly tf.Variable[];
  readonly judgeWeights: readonly tf.Variable[];
}

export interface ChromaNetworksConfig extends CycleNetworksConfig {
  readonly semantics?: Semantics | undefined;
}

export function chromaNetworks(shape: ChromaNetworksConfig, seed: number): ChromaNetworks {
  const { width, residualBlocks, discriminatorWidth, semantics } = shape;
  const plain: GeneratorConfig = { width, residualBlocks, inputChannels: 1, outputChannels: 2 };
  const config = semantics === undefined ? plain : { ...plain, semantics };
  const painter = buildGenerator(config, seed * 4000);
  const judge = buildDiscriminator({ width: discriminatorWidth, inputChannels: 3 }, seed * 4000 + 2000);
  // Chroma is small: a full-size first guess would spend the first thousand steps on becoming grey.
  tf.tidy(() => {
    for (const weight of painter.getLayer('output').trainableWeights) weight.write(tf.mul(weight.read(), 0.1));
  });
  const recogniserWeights =
    recogniserOf(semantics)?.layers.flatMap(({ name }) => variablesOf(painter.getLayer(name))) ?? [];
  const [painterWeights, judgeWeights] = [variablesOf(painter), variablesOf(judge)];
  return { config, painter, judge, painterWeights, recogniserWeights, judgeWeights };
}
