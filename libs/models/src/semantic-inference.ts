import * as tf from '@tensorflow/tfjs';
import { DARKNET_TINY_LEAK } from './features/darknet-tiny.js';
import { doubled } from './doubled.js';
import { RECOGNISER, SEMANTIC_TAPS } from './semantic-branch.js';

// Types, not interfaces: tidy and dispose take only what has an implicit index signature.
type Weights = { kernel: tf.Tensor; bias: tf.Tensor1D };
/** By the names of the layers. */
export type SemanticWeights = Record<string, Weights>;

const OWN = ['semantic_context', 'semantic_up_0', 'semantic_up_1', 'semantic_trunk', 'semantic_output'];

/** The branch's weights, cloned. */
export function semanticWeights(model: tf.LayersModel): SemanticWeights {
  const names = [...RECOGNISER.map(({ name }) => name), ...SEMANTIC_TAPS.map(({ lateral }) => lateral), ...OWN];
  const weights = names.map((name): [string, Weights] => {
    const [kernel, bias] = model.getLayer(name).getWeights();
    return [name, { kernel: tf.clone(kernel!), bias: tf.clone(bias as tf.Tensor1D) }];
  });
  return Object.fromEntries(weights);
}

/** What `semanticBranch` computes, op by op; the results are the caller's, everything else is freed as soon as it was used. */
export function semanticForward(
  weights: SemanticWeights,
  luma: tf.Tensor4D,
): { trunk: tf.Tensor4D; output: tf.Tensor4D } {
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
    const output = tf.image.resizeBilinear(conv(map, 'semantic_output'), [height, width]);
    return { trunk: conv(map, 'semantic_trunk'), output };
  });
}
