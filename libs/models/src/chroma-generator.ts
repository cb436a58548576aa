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

/** The generator halves a picture twice, and its reflections need two pixels of what is left. */
const SMALLEST_SIDE = 8;

/**
 * Colours a batch of grey pictures: bytes in, bytes out. A 1 → 2 generator paints U and V; a 3 → 3 generator gets grey
 * in all channels and its colour difference is taken, so that the source's luma stays the only luma.
 * @param luma batch × height × width bytes, full range
 * @param size at least one picture; height and width multiples of 4 and at least 8
 * @throws ModelError `BAD_INPUT` when the sizes are others or do not fit the bytes
 */
export async function generateChroma(
  forward: Forward,
  config: GeneratorConfig,
  luma: Uint8Array,
  { batch, width, height }: { batch: number; width: number; height: number },
): Promise<ChromaBytes> {
  const pixels = batch * width * height;
  const fits = (side: number): boolean => side % 4 === 0 && side >= SMALLEST_SIDE;
  if (luma.length !== pixels || !fits(width) || !fits(height) || !(batch >= 1)) {
    throw new ModelError(
      'BAD_INPUT',
      `The generator got ${luma.length} bytes for ${batch} pictures of ${width}×${height}; sides must be multiples of 4 and at least ${SMALLEST_SIDE}.`,
    );
  }
  const bytes = tf.tidy(() => {
    const bytesIn = tf.tensor4d(new Float32Array(luma), [batch, height, width, 1]);
    const grey = tf.sub<tf.Tensor4D>(tf.div(bytesIn, 127.5), 1);
    const x = config.inputChannels === 1 ? grey : tf.tile<tf.Tensor4D>(grey, [1, 1, 1, 3]);
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
