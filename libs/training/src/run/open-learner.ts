import { DARKNET_TINY_PERCEPTUAL, VGG16_PERCEPTUAL } from '@kinemacolor/losses';
import {
  beginRecogniser,
  choosePrecision,
  glances,
  loadModel,
  openFeatures,
  sameConfig,
  type FeatureNetwork,
} from '@kinemacolor/models';
import type { Device } from '@kinemacolor/tensor';
import type { TrainingConfig } from '../config/schema.js';
import { TrainingError } from '../config/training-error.js';
import { chromaLearner } from '../steps/chroma-learner.js';
import { cycleLearner } from '../steps/cycle-learner.js';
import type { Learner } from '../steps/learner.js';

export interface OpenLearner {
  readonly learner: Learner;
  /** Disposes the learner and its feature network. */
  readonly dispose: () => void;
}

/**
 * The networks of a config with their optimisers and random weights. Needs the backend.
 * @throws ModelError for features that cannot be read
 */
export async function openLearner(config: TrainingConfig, device: Device): Promise<OpenLearner> {
  const { networks, losses, optimiser, pool, seed } = config;
  const features = await featuresOf(config);
  const weightsOfTaps = features?.kind === 'vgg16' ? VGG16_PERCEPTUAL : DARKNET_TINY_PERCEPTUAL;
  const common = {
    shape: networks,
    seed,
    weights: losses,
    perception: features === undefined ? undefined : { extract: features.extract, weights: weightsOfTaps },
    optimiser,
    precision: choosePrecision(config.precision, device),
  };
  const learner =
    networks.kind === 'cycle'
      ? cycleLearner({ ...common, pool })
      : chromaLearner({ ...common, recogniserRate: networks.recogniserRate });
  const dispose = (): void => {
    learner.dispose();
    features?.dispose();
  };
  return { learner, dispose };
}

/** Weights that weigh nothing are not read. */
async function featuresOf({ features, losses }: TrainingConfig): Promise<FeatureNetwork | undefined> {
  const { kind, path } = features;
  if (kind === 'none' || path === undefined || losses.perceptual === 0) return undefined;
  return openFeatures({ kind, path });
}

/** What a new run begins with: the weights that the config names, where it names any. */
export async function begin(learner: Learner, { from, recogniser }: TrainingConfig['networks']): Promise<void> {
  if (recogniser !== undefined) await beginRecogniser(learner.generator, learner.generatorConfig, recogniser);
  if (from !== undefined) await beginWith(learner, from);
  learner.average.restart();
}

/**
 * Gives the generator the weights of a model.
 * @throws TrainingError `BAD_CONFIG` for a model of another shape; ModelError for one that cannot be read
 */
async function beginWith({ generator, generatorConfig }: Learner, folder: string): Promise<void> {
  const { info, model } = await loadModel(folder);
  try {
    // What looks at the picture may be added to a model that does not have it: its ways in begin at zero.
    const { semantics, ...plain } = generatorConfig;
    const glanced = glances(semantics) ? [{ ...plain, semantics: 'glance' } as const] : [];
    const fits = [generatorConfig, plain, ...glanced];
    if (!fits.some((config) => sameConfig(info.config, config))) {
      throw new TrainingError(
        'BAD_CONFIG',
        `networks.from: ${folder} holds a generator of another shape (${JSON.stringify(info.config)}).`,
      );
    }
    for (const { name, weights } of model.layers) {
      if (weights.length > 0) generator.getLayer(name).setWeights(weights.map((weight) => weight.read()));
    }
  } finally {
    model.dispose();
  }
}
