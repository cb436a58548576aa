import { outputLayers, saveModel } from '@kinemacolor/models';
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../config/schema.js';
import type { Learner } from '../steps/learner.js';

/** Writes the generator as it is now, with the output gain of the config in its last layers. */
export async function exportGenerator(
  { generator, generatorConfig }: Pick<Learner, 'generator' | 'generatorConfig'>,
  { name, outputGain, validation }: Pick<TrainingConfig, 'name' | 'outputGain' | 'validation'>,
  folder: string,
): Promise<void> {
  const output = outputLayers(generator).flatMap(({ trainableWeights }) => trainableWeights);
  const before = output.map((weight) => weight.read().clone());
  try {
    if (generatorConfig.outputChannels === 2) {
      tf.tidy(() => {
        // Before its tanh: for the small values of chroma that is the chroma itself.
        const factors = tf.tensor1d([outputGain.u, outputGain.v]);
        for (const weight of output) weight.write(tf.mul(weight.read(), factors));
      });
    }
    await saveModel(generator, folder, {
      name,
      version: new Date().toISOString().slice(0, 10),
      config: generatorConfig,
      renderSize: validation.at,
    });
  } finally {
    for (const [i, weight] of output.entries()) weight.write(before[i]!);
    tf.dispose(before);
  }
}
