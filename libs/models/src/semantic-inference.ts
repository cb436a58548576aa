import * as tf from '@tensorflow/tfjs';
import { DARKNET_TINY_LEAK } from './features/darknet-tiny.js';
import { doubled } from './doubled.js';
import type { LayerWeights } from './layer-weights.js';
import { RECOGNISER, SEMANTIC_TAPS } from './semantic-branch.js';

/** The layers of a semantic branch that have weights. */
export const SEMANTIC_LAYERS: readonly string[] = [
  ...RECOGNISER.map(({ name }) => name),
  ...SEMANTIC_TAPS.map(({ lateral }) => lateral),
  'semantic_context',
  'semantic_up_0',
  'semantic_up_1',
  'semantic_trunk',
  'semantic_gain',
  'semantic_output',
];

/** What `semanticBranch` computes, op by op; the results are the caller's, everything else is freed as soon as it was used. */
export function semanticForward(
  weights: LayerWeights,
  luma: tf.Tensor4D,
): { trunk: tf.Tensor4D; gain: tf.Tensor4D; output: tf.Tensor4D } {
  return tf.tidy(() => {
    const conv = (x: tf.Tensor4D, name: string): tf.Tensor4D => {
      const { kernel, bias } = weights[name]!;
      return tf.add(tf.conv2d(x, kernel as tf.Tensor4D, 1, 'same'), bias);
    };
    const taps = new Map<string, tf.Tensor4D>();
    const tapped = new Set<string>(SEMANTIC_TAPS.map(({ from }) => from));
    let x = luma;
    for (const { name, pooled } of RECOGNISER) {
      x = tf.tidy(() => tf.leakyRelu(conv(x, name), DARKNET_TINY_LEAK));
      if (tapped.has(name)) taps.set(name, x);
      if (pooled) x = tf.maxPool(x, 2, 2, 'valid');
    }
    const [top, ...lower] = SEMANTIC_TAPS;
    const context = weights['semantic_context']!;
    const highest = taps.get(top.from)!;
    const [batch, , , channels] = highest.shape;
    const mean: tf.Tensor2D = tf.reshape(tf.mean(highest, [1, 2]), [batch, channels]);
    const whole = tf.add(tf.matMul(mean, context.kernel as tf.Tensor2D), context.bias);
    let map = tf.relu(tf.add<tf.Tensor4D>(conv(highest, top.lateral), tf.reshape(whole, [batch, 1, 1, -1])));
    for (const [i, { from, lateral }] of lower.entries()) {
      const { kernel, bias } = weights[`semantic_up_${i}`]!;
      const raised = tf.add(doubled(map, kernel as tf.Tensor4D), bias);
      map = tf.relu(tf.add<tf.Tensor4D>(raised, conv(taps.get(from)!, lateral)));
    }
    const [, height, width] = luma.shape;
    const enlarged = (name: string): tf.Tensor4D => tf.image.resizeBilinear(conv(map, name), [height, width]);
    return { trunk: conv(map, 'semantic_trunk'), gain: enlarged('semantic_gain'), output: enlarged('semantic_output') };
  });
}
