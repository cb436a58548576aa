import { compile, type Optimiser } from '@kinemacolor/compile';
import { weightedHuber } from '@kinemacolor/losses';
import { choosePrecision } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from './config.js';
import type { ChromaBatch } from './sampler.js';
import type { WeightAverage } from './weight-average.js';

export interface ChromaStep {
  /** One optimisation step. @returns its loss */
  readonly step: (batch: ChromaBatch, rate: number, decay: number) => number;
  /** Gives the tf.Variables the values that the graph has now. */
  readonly readVariables: () => void;
  readonly dispose: () => void;
}

interface ChromaStepParts {
  readonly model: tf.LayersModel;
  readonly variables: readonly tf.Variable[];
  readonly optimiser: Optimiser;
  readonly average: WeightAverage;
  readonly config: Pick<TrainingConfig, 'batch' | 'crop' | 'loss'>;
}

/** The supervised chroma step as one graph: forward, Huber loss, gradients, Adam and the average of the weights. */
export async function chromaStep({
  model,
  variables,
  optimiser,
  average,
  config,
}: ChromaStepParts): Promise<ChromaStep> {
  const { batch, crop, loss } = config;
  const { device } = await loadBackend();
  const weights = [...variables];
  const compiled = await compile(
    (luma: tf.Tensor4D, truth: tf.Tensor4D, rate: tf.Scalar, decay: tf.Scalar) => {
      const output = (): tf.Tensor4D => model.apply(luma) as tf.Tensor4D;
      const { value, grads } = tf.variableGrads(
        () => weightedHuber(output(), truth, loss.delta, loss.colourWeight),
        weights,
      );
      optimiser.apply(grads, { rate });
      average.update(decay);
      return value;
    },
    [{ shape: [batch, crop, crop, 1] }, { shape: [batch, crop, crop, 2] }, { shape: [] }, { shape: [] }],
    {
      variables: [...weights, ...optimiser.variables, ...average.values()],
      precision: choosePrecision('auto', device),
    },
  );
  return {
    step: (drawn, rate, decay) =>
      tf.tidy(() => {
        const luma = tf.tensor4d(drawn.luma, [batch, crop, crop, 1]);
        const truth = tf.tensor4d(drawn.chroma, [batch, crop, crop, 2]);
        return compiled(luma, truth, tf.scalar(rate), tf.scalar(decay)).dataSync<'float32'>()[0]!;
      }),
    readVariables: compiled.readVariables,
    dispose: compiled.dispose,
  };
}
