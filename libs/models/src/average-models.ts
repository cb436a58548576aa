import * as tf from '@tensorflow/tfjs';
import { loadModel, saveModel } from './model-files.js';
import { ModelError } from './model-error.js';
import type { ModelInfo } from './model-info.js';

/**
 * The mean of models, weight by weight: a uniform "model soup" (Wortsman et al. 2022, section 2). Of runs that went on from
 * the same weights it is often better than each of them, at the cost of one; of runs that did not, it is of no use.
 * Written as a model folder of the name and render size of the first. The backend must be loaded.
 * @param folders two models or more, of one configuration
 * @throws ModelError `BAD_INPUT` for fewer than two, or of several configurations; `NOT_FOUND`, `CORRUPT`, `WRITE_FAILED`
 */
export async function averageModels(folders: readonly string[], out: string): Promise<ModelInfo> {
  const [first, ...others] = folders;
  if (first === undefined || others.length === 0) {
    throw new ModelError('BAD_INPUT', 'There is nothing to average: name two models or more.');
  }
  const { info, model } = await loadModel(first);
  try {
    const weights = model.trainableWeights;
    let sums = weights.map((weight) => weight.read().clone());
    for (const folder of others) {
      const other = await loadModel(folder);
      try {
        if (!sameConfig(info, other.info)) {
          const [one, two] = [info, other.info].map(({ config }) => JSON.stringify(config));
          throw new ModelError('BAD_INPUT', `${folder} is another kind of model than ${first}: ${two} and ${one}.`);
        }
        const added = sums.map((sum, i) => tf.add(sum, other.model.trainableWeights[i]!.read()));
        tf.dispose(sums);
        sums = added;
      } catch (error) {
        tf.dispose(sums);
        throw error;
      } finally {
        other.model.dispose();
      }
    }
    tf.tidy(() => {
      for (const [i, weight] of weights.entries()) weight.write(tf.div(sums[i]!, folders.length));
    });
    tf.dispose(sums);
    const { name, config, renderSize } = info;
    const version = new Date().toISOString().slice(0, 10);
    return await saveModel(model, out, { name, version, config, renderSize });
  } finally {
    model.dispose();
  }
}

const sameConfig = (a: ModelInfo, b: ModelInfo): boolean =>
  (['width', 'residualBlocks', 'inputChannels', 'outputChannels'] as const).every((key) => a.config[key] === b.config[key]); // prettier-ignore
