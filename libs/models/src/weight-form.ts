import * as tf from '@tensorflow/tfjs';
import { toFloat16 } from './float16.js';

/** How a model's weights are stored. They are float32 in memory in either form. */
export type WeightForm = 'float32' | 'float16';

type Entry = tf.io.WeightsManifestEntry;

/** What a value takes in a form that tfjs reads, bytes. */
const QUANTISED_BYTES: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float16: 2 };

/** Float32 weights and the manifest's entries for them, in the form that is asked for. @throws ModelError `UNSUPPORTED` */
export function inForm(
  form: WeightForm,
  entries: readonly Entry[],
  weights: ArrayBuffer,
): { entries: readonly Entry[]; bytes: Buffer } {
  if (form === 'float32') return { entries, bytes: Buffer.from(weights) };
  return {
    entries: entries.map((entry) => ({ ...entry, quantization: { dtype: form } })),
    bytes: Buffer.from(toFloat16(new Float32Array(weights)).buffer),
  };
}

/** @returns bytes that a manifest's entries describe. @throws Error naming a form that is not known */
export function describedBytes(entries: readonly Entry[]): number {
  return entries.reduce((sum, { shape, quantization }) => {
    const each = quantization === undefined ? 4 : QUANTISED_BYTES[quantization.dtype];
    if (each === undefined) throw new Error(`weights as ${quantization!.dtype} are not known`);
    return sum + each * tf.util.sizeFromShape(shape);
  }, 0);
}
