import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError } from '../bench-error.js';
import type { LineChild } from '../line-child.js';

/** Largest difference of outputs in −1..1 at which two fp32 implementations count as the same function. */
const TOLERANCE = 1e-3;

/**
 * Runs one picture through both sides.
 * @returns the largest difference of their outputs
 * @throws BenchError `DISAGREE`: times of two different functions would say nothing
 */
export async function checkAgreement(
  [ours, peer]: readonly [LineChild, LineChild],
  pixels: number,
  folder: string,
): Promise<number> {
  const input = path.join(folder, 'input.f32');
  const picture = Float32Array.from({ length: pixels }, (_, i) => Math.sin(i * 0.013) * Math.cos(i * 0.00057));
  await writeFile(input, new Uint8Array(picture.buffer));
  const output = async (child: LineChild, name: string): Promise<Float32Array> => {
    const file = path.join(folder, name);
    await child.request({ do: 'output', input, output: file });
    return new Float32Array(Uint8Array.from(await readFile(file)).buffer);
  };
  const difference = largestDifference(await output(ours, 'ours.f32'), await output(peer, 'peer.f32'));
  if (!(difference <= TOLERANCE)) {
    throw new BenchError('DISAGREE', `Our output and ONNX Runtime's differ by ${difference}, more than ${TOLERANCE}.`);
  }
  return difference;
}

/** Largest |a − b|; NaN when the lengths differ or a value is no number, which no tolerance lets pass. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) return NaN;
  }
  return largest;
}
