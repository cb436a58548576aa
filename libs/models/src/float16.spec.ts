import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { toFloat16 } from './float16.js';

const bitsOf = (...values: number[]): number[] => [...toFloat16(Float32Array.from(values))];

/** By tfjs, which is what will read them. */
async function read(bits: Uint16Array): Promise<Float32Array> {
  const spec = {
    name: 'w',
    shape: [bits.length],
    dtype: 'float32' as const,
    quantization: { dtype: 'float16' as const },
  };
  const { w } = tf.io.decodeWeights(Uint8Array.from(new Uint8Array(bits.buffer)).buffer, [spec]);
  const values = await w!.data<'float32'>();
  tf.dispose(w!);
  return values;
}

describe('toFloat16', () => {
  it('writes the bits of the standard', () => {
    expect(bitsOf(0, -0, 1, -2, 65504, 2 ** -14, 2 ** -24, -0.1)).toEqual([
      0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0xae66,
    ]);
  });

  it('rounds ties to even, up into the next exponent, and the smallest to zero', () => {
    const one = 0x3c00;
    expect(bitsOf(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20)).toEqual([one, one + 2, one + 1]);
    expect(bitsOf(2 - 2 ** -12, 2 ** -14 - 2 ** -26, 65519)).toEqual([0x4000, 0x0400, 0x7bff]);
    expect(bitsOf(2 ** -25, 3 * 2 ** -26, 3 * 2 ** -25, -(2 ** -40), 2 ** -149)).toEqual([0, 1, 2, 0x8000, 0]);
  });

  it('gives tfjs every one of the 63,488 finite halves back', async () => {
    const all = Uint16Array.from({ length: 0x7c00 * 2 }, (_, i) => (i < 0x7c00 ? i : 0x8000 + i - 0x7c00));
    expect(toFloat16(await read(all))).toEqual(all);
  });

  it('is off by half a step at most', async () => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i) * 2 ** ((i % 40) - 26));
    const back = await read(toFloat16(values));
    for (const [i, value] of values.entries()) {
      expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(2 ** -11 * Math.max(Math.abs(value), 2 ** -14));
    }
    expect(back).not.toEqual(values);
  });

  it.each([65520, -1e6, Infinity, -Infinity, NaN])('refuses %d', (value) => {
    expect(() => bitsOf(1, value)).toThrow(expect.objectContaining({ name: 'ModelError', code: 'UNSUPPORTED' }));
  });
});
