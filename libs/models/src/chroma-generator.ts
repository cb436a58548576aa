import * as tf from '@tensorflow/tfjs';
import { chromaLevels, type Forward } from './chroma-function.js';
import { sideStep, type GeneratorConfig } from './generator-config.js';
import { ModelError } from './model-error.js';

/** Two chroma planes for each picture of a batch, full-range BT.601: 128 is neutral. */
export interface ChromaBytes {
  /** batch × height × width */
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** How many pictures of which size. */
export interface BatchSize {
  readonly batch: number;
  readonly width: number;
  readonly height: number;
}

type SideConfig = Pick<GeneratorConfig, 'semantics'>;

/** A generator halves a picture twice, and its reflections need two pixels of what is left. */
const smallestSide = (config: SideConfig): number => Math.max(8, sideStep(config));

/** For messages: see {@link fitsGenerator}. */
export const sizeRule = (config: SideConfig): string =>
  `sides must be multiples of ${sideStep(config)} and at least ${smallestSide(config)}`;

/** Whether a generator can take this size. */
export function fitsGenerator(config: SideConfig, { batch, width, height }: BatchSize): boolean {
  const [step, least] = [sideStep(config), smallestSide(config)];
  const fits = (side: number): boolean => Number.isInteger(side) && side % step === 0 && side >= least;
  return fits(width) && fits(height) && Number.isInteger(batch) && batch >= 1;
}

/** @throws ModelError `BAD_INPUT` when a generator cannot take this size, or the bytes are not of it */
export function checkBatch(config: SideConfig, luma: Uint8Array, size: BatchSize): void {
  const { batch, width, height } = size;
  if (luma.length === batch * width * height && fitsGenerator(config, size)) return;
  throw new ModelError(
    'BAD_INPUT',
    `The generator got ${luma.length} bytes for ${batch} pictures of ${width}×${height}; ${sizeRule(config)}.`,
  );
}

/**
 * Colours a batch of grey pictures op by op: bytes in, bytes out. See {@link chromaLevels}; the compiled form of the
 * same is `openGenerator`.
 * @param luma batch × height × width bytes, full range
 * @param size at least one picture; height and width multiples of 4 (with semantics 16) and at least 8
 * @throws ModelError `BAD_INPUT` when the sizes are others or do not fit the bytes
 */
export async function generateChroma(
  forward: Forward,
  config: GeneratorConfig,
  luma: Uint8Array,
  size: BatchSize,
): Promise<ChromaBytes> {
  checkBatch(config, luma, size);
  const { batch, width, height } = size;
  const levels = tf.tidy(() =>
    chromaLevels(forward, config, tf.tensor4d(new Float32Array(luma), [batch, height, width, 1])),
  );
  const [u, v] = await Promise.all([bytesOf(levels.u), bytesOf(levels.v)]);
  tf.dispose(levels);
  return { u, v };
}

/** Rounded and saturated. */
async function bytesOf(levels: tf.Tensor): Promise<Uint8Array> {
  const values = (await levels.data()) as Float32Array;
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, value + 0.5)));
}
