import path from 'node:path';
import { writeFloats } from '../float-files.js';

/** The files that every side of the training bench reads beside the model. */
export const LUMA = 'luma.f32';
export const CHROMA = 'chroma.f32';

/**
 * Writes a square picture and its truth: luma `size × size` in −1..1, chroma `size × size × 2` in −0.5..0.5, patterns of
 * luma's own waves, so that there is something to learn.
 */
export async function writeTrainingPair(folder: string, size: number): Promise<void> {
  const wave = (x: number, y: number, turns: number): number =>
    Math.sin((2 * Math.PI * turns * x) / size) * Math.cos((2 * Math.PI * turns * y) / size);
  const pixels = Array.from({ length: size * size }, (_, i): [number, number] => [i % size, Math.floor(i / size)]);
  const luma = pixels.map(([x, y]) => 0.6 * wave(x, y, 2) + 0.4 * wave(x, y, 9));
  const chroma = pixels.flatMap(([x, y]) => [0.2 + 0.3 * wave(x, y, 2), -0.1 + 0.3 * wave(x, y, 1)]);
  await writeFloats(path.join(folder, LUMA), Float32Array.from(luma));
  await writeFloats(path.join(folder, CHROMA), Float32Array.from(chroma));
}
