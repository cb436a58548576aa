import * as tf from '@tensorflow/tfjs';
import { checkExportFolder, NEW_FOLDER } from './export-folder.js';
import { buildGenerator } from './generator.js';
import type { GeneratorConfig } from './generator-config.js';
import { loadModel } from './model-files.js';
import type { ModelInfo } from './model-info.js';
import { writeNewModel } from './new-model-folder.js';

/** How the two copies of a channel differ at first, in root mean squares of a filter's weights: enough to become two. */
const NOISE = 0.15;
/** The smaller share that one of two copies has in what reads them, at least. Equal shares would get equal gradients. */
const LEAST_SHARE = 0.25;

export interface WidenOptions {
  /** 0: the wider generator paints what the narrow one did, but its copies stay alike for long. Default: 0.15. */
  readonly noise?: number;
  /** Makes shares and noise repeatable. Default: 1. */
  readonly seed?: number;
}

/**
 * A generator of twice the width that paints as the narrow one did, to be trained on from there: every channel twice, and
 * what reads it shared between the copies (Net2WiderNet, Chen et al. 2016, section 2.2). Exact but for rounding and the
 * noise, since an instance norm sees each channel by itself.
 * @param generator built by `buildGenerator`; stays the caller's
 * @returns the wider generator and its config
 * @throws RangeError for a noise that is no number of at least 0
 */
export function widenGenerator(
  generator: tf.LayersModel,
  config: GeneratorConfig,
  { noise = NOISE, seed = 1 }: WidenOptions = {},
): { readonly model: tf.LayersModel; readonly config: GeneratorConfig } {
  if (!(noise >= 0 && noise < Infinity)) throw new RangeError(`A noise of ${noise} is no number of at least 0.`);
  const wider = { ...config, width: 2 * config.width };
  const model = buildGenerator(wider, seed);
  let drawn = 0;
  tf.tidy(() => {
    for (const layer of model.layers) {
      if (layer.weights.length === 0) continue;
      const narrow = generator.getLayer(layer.name).getWeights();
      const transposed = layer.getClassName() === 'Conv2DTranspose';
      const shapes = layer.weights.map(({ shape }) => shape as number[]);
      layer.setWeights(narrow.map((weight, i) => widened(weight, shapes[i]!, { transposed, noise, seed: seed + 2 * drawn++ }))); // prettier-ignore
    }
  });
  return { model, config: wider };
}

/** @param shape of the wider weight; a transposed convolution's last axis is what it reads, another's the last but one */
function widened(
  weight: tf.Tensor,
  shape: readonly number[],
  { transposed, noise, seed }: { readonly transposed: boolean; readonly noise: number; readonly seed: number },
): tf.Tensor {
  const last = weight.rank - 1;
  const doubled = (axis: number): boolean => axis >= 0 && shape[axis] !== weight.shape[axis];
  if (weight.rank === 1) return doubled(0) ? tf.concat([weight, weight]) : weight;
  const [reads, writes] = transposed ? [last, last - 1] : [last - 1, last];
  let wide = weight;
  if (doubled(reads)) {
    const along = weight.shape.map((side, axis) => (axis === reads ? side : 1));
    const share = tf.randomUniform(along, LEAST_SHARE, 1 - LEAST_SHARE, 'float32', seed);
    wide = tf.concat([tf.mul(weight, share), tf.mul(weight, tf.sub(1, share))], reads);
  }
  if (!doubled(writes)) return wide;
  const size = tf.sqrt(tf.mean(tf.square(wide)));
  const twice = tf.concat([wide, wide], writes);
  return tf.add(twice, tf.mul(tf.mul(size, noise), tf.randomNormal(twice.shape, 0, 1, 'float32', seed + 1)));
}

/**
 * Writes a model of twice the width (`widenGenerator`) as a model folder of the name and render size of the narrow one. The
 * backend must be loaded.
 * @throws RangeError; ModelError `OCCUPIED` unless `out` is new or empty; `NOT_FOUND`, `CORRUPT`, `WRITE_FAILED`
 */
export async function widenModel(folder: string, out: string, options: WidenOptions = {}): Promise<ModelInfo> {
  await checkExportFolder(out, NEW_FOLDER);
  const { info, model: narrow } = await loadModel(folder);
  try {
    const { model, config } = widenGenerator(narrow, info.config, options);
    try {
      return await writeNewModel(model, out, { ...info, config });
    } finally {
      model.dispose();
    }
  } finally {
    narrow.dispose();
  }
}
