import * as tf from '@tensorflow/tfjs';
import { DARKNET_TINY_LEAK } from './features/darknet-tiny.js';
import { doubled } from './doubled.js';
import type { LayerWeights } from './layer-weights.js';
import type { Recogniser, RecogniserLayer, RecogniserTap } from './recognisers/recogniser.js';

/** The layers of a semantic branch that have weights. */
export const semanticLayers = ({ layers, taps }: Recogniser): readonly string[] => [
  ...layers.map(({ name }) => name),
  ...taps.map(({ lateral }) => lateral),
  ...taps.slice(1).map((_, i) => `semantic_up_${i}`),
  'semantic_context',
  'semantic_trunk',
  'semantic_gain',
  'semantic_output',
];

/** What `semanticBranch` computes, op by op; the results are the caller's, everything else is freed as soon as it was used. */
export function semanticForward(
  { layers, taps }: Recogniser,
  weights: LayerWeights,
  luma: tf.Tensor4D,
): { trunk: tf.Tensor4D; gain: tf.Tensor4D; output: tf.Tensor4D } {
  return tf.tidy(() => {
    const conv = (x: tf.Tensor4D, name: string): tf.Tensor4D => {
      const { kernel, bias } = weights[name]!;
      return tf.add(tf.conv2d(x, kernel as tf.Tensor4D, 1, 'same'), bias);
    };
    const results = new Map<string, tf.Tensor4D>();
    let x = luma;
    for (const layer of layers) {
      x = tf.tidy(() => recognise(layer, x, results, weights));
      results.set(layer.name, x);
      if (layer.pooled) x = tf.maxPool(x, 2, 2, 'valid');
    }
    const [top, ...lower] = taps as [RecogniserTap, ...RecogniserTap[]];
    const context = weights['semantic_context']!;
    const tapped = ({ from, scale }: RecogniserTap): tf.Tensor4D =>
      scale === undefined ? results.get(from)! : tf.mul(results.get(from)!, scale);
    const highest = tapped(top);
    const [batch, , , channels] = highest.shape;
    const mean: tf.Tensor2D = tf.reshape(tf.mean(highest, [1, 2]), [batch, channels]);
    const whole = tf.add(tf.matMul(mean, context.kernel as tf.Tensor2D), context.bias);
    let map = tf.relu(tf.add<tf.Tensor4D>(conv(highest, top.lateral), tf.reshape(whole, [batch, 1, 1, -1])));
    for (const [i, tap] of lower.entries()) {
      const { kernel, bias } = weights[`semantic_up_${i}`]!;
      const raised = tf.add(doubled(map, kernel as tf.Tensor4D), bias);
      map = tf.relu(tf.add<tf.Tensor4D>(raised, conv(tapped(tap), tap.lateral)));
    }
    const [, height, width] = luma.shape;
    const enlarged = (name: string): tf.Tensor4D => tf.image.resizeBilinear(conv(map, name), [height, width]);
    return { trunk: conv(map, 'semantic_trunk'), gain: enlarged('semantic_gain'), output: enlarged('semantic_output') };
  });
}

function recognise(
  { name, stride, depthwise, activation, plus }: RecogniserLayer,
  x: tf.Tensor4D,
  results: ReadonlyMap<string, tf.Tensor4D>,
  weights: LayerWeights,
): tf.Tensor4D {
  const { kernel, bias } = weights[name]!;
  const convolved = depthwise
    ? tf.depthwiseConv2d(x, kernel as tf.Tensor4D, stride, 'same')
    : tf.conv2d(x, kernel as tf.Tensor4D, stride, 'same');
  let y: tf.Tensor4D = tf.add(convolved, bias);
  if (activation === 'leaky') y = tf.leakyRelu(y, DARKNET_TINY_LEAK);
  if (activation === 'relu6') y = tf.relu6(y);
  return plus === undefined ? y : tf.add(results.get(plus)!, y);
}
