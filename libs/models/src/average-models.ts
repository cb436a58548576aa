import * as tf from '@tensorflow/tfjs';
import { checkExportFolder, NEW_FOLDER } from './export-folder.js';
import { sameConfig } from './generator-config.js';
import { loadModel } from './model-files.js';
import { ModelError } from './model-error.js';
import type { ModelInfo } from './model-info.js';
import { writeNewModel } from './new-model-folder.js';

/**
 * The mean of models, weight by weight: a uniform "model soup" (Wortsman et al. 2022, section 2). Of runs that went on from
 * the same weights it is often better than each of them, at the cost of one; of runs that did not, it is of no use.
 * Written as a model folder of the name and render size of the first. The backend must be loaded.
 * @param folders two models or more, of one configuration
 * @param shares how much each counts, above 0; all alike by default
 * @throws RangeError for shares that are not one a model, above 0; ModelError `BAD_INPUT` for fewer than two models, `UNSUPPORTED` for models of several configurations, `OCCUPIED` unless `out` is new or empty; `NOT_FOUND`, `CORRUPT`, `WRITE_FAILED`
 */
export async function averageModels(
  folders: readonly string[],
  out: string,
  shares: readonly number[] = folders.map(() => 1),
): Promise<ModelInfo> {
  const [first, ...others] = folders;
  if (first === undefined || others.length === 0) {
    throw new ModelError('BAD_INPUT', 'There is nothing to average: name two models or more.');
  }
  if (shares.length !== folders.length || shares.some((share) => !(share > 0 && share < Infinity))) {
    throw new RangeError(`The shares ${shares.join(', ')} are not one above 0 for each of ${folders.length} models.`);
  }
  await checkExportFolder(out, NEW_FOLDER);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const { info, model } = await loadModel(first);
  try {
    const weights = model.trainableWeights;
    let sums = weights.map((weight) => tf.mul(weight.read(), shares[0]!));
    for (const [i, folder] of others.entries()) {
      const other = await loadModel(folder);
      try {
        if (!sameConfig(info.config, other.info.config)) {
          const [one, two] = [info, other.info].map(({ config }) => JSON.stringify(config));
          throw new ModelError('UNSUPPORTED', `${folder} is another kind of model than ${first}: ${two} and ${one}.`);
        }
        const added = tf.tidy(() =>
          sums.map((sum, k) => tf.add(sum, tf.mul(other.model.trainableWeights[k]!.read(), shares[i + 1]!))),
        );
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
      for (const [i, weight] of weights.entries()) weight.write(tf.div(sums[i]!, whole));
    });
    tf.dispose(sums);
    return await writeNewModel(model, out, info);
  } finally {
    model.dispose();
  }
}
