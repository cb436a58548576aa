import * as tf from '@tensorflow/tfjs';
import { GLANCE } from './glance.js';
import type { LayerWeights } from './layer-weights.js';
import { ONE_PIXEL } from './one-pixel.js';

/** The layers of a glance that have weights. */
export const GLANCE_LAYERS: readonly string[] = [...GLANCE.map(({ name }) => name), 'glance_whole', 'glance_gain', 'glance_output']; // prettier-ignore

/** What `glance` computes, op by op; the results are the caller's, everything else is freed as soon as it was used. */
export function glanceForward(weights: LayerWeights, luma: tf.Tensor4D): { gain: tf.Tensor4D; output: tf.Tensor4D } {
  return tf.tidy(() => {
    let x = luma;
    for (const { name } of GLANCE) {
      const { kernel, bias } = weights[name]!;
      x = tf.tidy(() => tf.relu(tf.add<tf.Tensor4D>(tf.conv2d(x, kernel as tf.Tensor4D, 2, ONE_PIXEL), bias)));
    }
    const dense = (vector: tf.Tensor2D, name: string): tf.Tensor2D => {
      const { kernel, bias } = weights[name]!;
      return tf.add(tf.matMul(vector, kernel as tf.Tensor2D), bias);
    };
    const [batch, , , channels] = x.shape;
    const whole = tf.relu(dense(tf.reshape(tf.mean(x, [1, 2]), [batch, channels]), 'glance_whole'));
    const said = (name: string): tf.Tensor4D => tf.reshape(dense(whole, name), [batch, 1, 1, -1]);
    return { gain: said('glance_gain'), output: said('glance_output') };
  });
}
