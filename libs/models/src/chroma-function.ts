import * as tf from '@tensorflow/tfjs';
import type { GeneratorConfig } from './generator-config.js';

/** Runs a generator: `[b, h, w, inputChannels]` → `[b, h, w, outputChannels]`, both in −1..1. */
export type Forward = (x: tf.Tensor4D) => tf.Tensor4D;

/** Two planes of chroma levels, `[b, h, w, 1]` each, full-range BT.601: 128 is neutral. Not rounded, may overshoot. */
// A type, not an interface: tidy takes only what has an implicit index signature.
export type ChromaLevels = { u: tf.Tensor4D; v: tf.Tensor4D };

/**
 * Luma levels `[b, h, w, 1]` in 0..255 → chroma levels. A 1 → 2 generator paints U and V; a 3 → 3 generator gets grey
 * in all channels and its colour difference is taken, so that the source's luma stays the only luma.
 */
export function chromaLevels(
  forward: Forward,
  { inputChannels, outputChannels }: Pick<GeneratorConfig, 'inputChannels' | 'outputChannels'>,
  luma: tf.Tensor4D,
): ChromaLevels {
  return tf.tidy(() => {
    const grey = tf.sub<tf.Tensor4D>(tf.div(luma, 127.5), 1);
    const painted = forward(inputChannels === 1 ? grey : tf.tile<tf.Tensor4D>(grey, [1, 1, 1, 3]));
    const channels = tf.split<tf.Tensor4D>(painted, outputChannels, 3);
    const [u, v] = outputChannels === 2 ? channels : colourDifference(channels);
    const level = (x: tf.Tensor4D): tf.Tensor4D => tf.add(tf.mul(x, 127.5), 128);
    return { u: level(u!), v: level(v!) };
  });
}

/** RGB in −1..1 → U and V in −1..1 by BT.601. */
function colourDifference([r, g, b]: tf.Tensor4D[]): tf.Tensor4D[] {
  const weighted = (red: number, green: number, blue: number): tf.Tensor4D =>
    tf.add(tf.add(tf.mul(r!, red), tf.mul(g!, green)), tf.mul(b!, blue));
  return [weighted(-0.168736, -0.331264, 0.5), weighted(0.5, -0.418688, -0.081312)];
}
