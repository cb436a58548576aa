import * as tf from '@tensorflow/tfjs';
import { darknetTinyLayers } from './features/darknet-tiny.js';
import { readDarknet } from './features/open-features.js';
import { ModelError } from './model-error.js';
import { RECOGNISER } from './semantic-branch.js';

/**
 * Gives the recogniser of a generator's semantic branch the weights of Darknet tiny, an ImageNet classifier, to begin
 * with. It sees grey in all three channels: its first kernel is summed over them, and what maps −1..1 to 0..1 is folded in.
 * @param source folder of the weights, as of `openFeatures`
 * @throws ModelError `NOT_FOUND`, `CORRUPT`, `UNSUPPORTED`; `BAD_CONFIG` for a generator without a semantic branch
 */
export async function beginRecogniser(generator: tf.LayersModel, source: string): Promise<void> {
  if (!generator.layers.some(({ name }) => name === RECOGNISER[0]!.name)) {
    throw new ModelError('BAD_CONFIG', 'This generator has no semantic branch that could begin with weights.');
  }
  const { tensors } = await readDarknet(source);
  const layers = darknetTinyLayers(tensors);
  tf.tidy(() => {
    for (const [i, { kernel, bias }] of layers.entries()) {
      const layer = generator.getLayer(RECOGNISER[i]!.name);
      if (i > 0) {
        layer.setWeights([kernel, bias]);
        continue;
      }
      const halved: tf.Tensor4D = tf.mul(tf.sum(kernel, 2, true), 0.5);
      layer.setWeights([halved, tf.add(bias, tf.sum(halved, [0, 1, 2]))]);
    }
  });
  tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias]));
}
