import * as tf from '@tensorflow/tfjs';
import type { GeneratorConfig } from './generator-config.js';
import { ModelError } from './model-error.js';

/** Two chroma planes for each picture of a batch, full-range BT.601: 128 is neutral. */
export interface ChromaBytes {
  /** batch × height × width */
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** Runs a generator: `[b, h, w, inputChannels]` → `[b, h, w, outputChannels]`, both in −1..1. */
export type Forward = (x: tf.Tensor4D) => tf.Tensor4D;

/**
 * Colours a batch of grey pictures: bytes in, bytes out. A 1 → 2 generator paints U and V; a 3 → 3 generator gets grey
 * in all channels and its colour difference is taken, so that the source's luma stays the only luma.
 * @param luma batch × height × width bytes, full range
 * @param size height and width multiples of 4
 * @throws ModelError `BAD_INPUT` when the lengths do not fit
 */
export async function generateChroma(
  forward: Forward,
  config: GeneratorConfig,
  luma: Uint8Array,
  { batch, width, height }: { batch: number; width: number; height: number },
): Promise<ChromaBytes> {
  const pixels = batch * width * height;
  if (luma.length !== pixels || width % 4 !== 0 || height % 4 !== 0) {
    throw new ModelError(
      'BAD_INPUT',
      `The generator got ${luma.length} bytes for ${batch} pictures of ${width}×${height}; sides must be multiples of 4.`,
    );
  }
  const bytes = tf.tidy(() => {
    const grey = tf.tensor4d(Float32Array.from(luma), [batch, height, width, 1]).div(127.5).sub(1) as tf.Tensor4D;
    const x = config.inputChannels === 1 ? grey : (tf.tile(grey, [1, 1, 1, 3]) as tf.Tensor4D);
    const chroma = config.outputChannels === 2 ? forward(x) : colourDifference(forward(x));
    return chroma.mul(127.5).add(128);
  });
  const values = (await bytes.data()) as Float32Array;
  bytes.dispose();
  const u = new Uint8Array(pixels);
  const v = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    u[i] = Math.min(255, Math.max(0, values[2 * i]! + 0.5));
    v[i] = Math.min(255, Math.max(0, values[2 * i + 1]! + 0.5));
  }
  return { u, v };
}

/** RGB in −1..1 → U and V in −1..1 by BT.601. */
function colourDifference(rgb: tf.Tensor4D): tf.Tensor4D {
  const matrix = tf.tensor2d([-0.168736, 0.5, -0.331264, -0.418688, 0.5, -0.081312], [3, 2]);
  const [b, h, w] = rgb.shape;
  return tf.matMul(rgb.reshape([b * h * w, 3]), matrix).reshape([b, h, w, 2]);
}
