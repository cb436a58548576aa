import path from 'node:path';
import { writeFloats } from '../float-files.js';
import { drawWaves } from '../step/waves.js';

/** The files that every side of the training bench reads beside the model. */
export const LUMA = 'luma.f32';
export const CHROMA = 'chroma.f32';

/**
 * Writes a square picture and its truth: luma `size × size` in −1..1, chroma `size × size × 2` in −0.5..0.5, patterns of
 * luma's own waves, so that there is something to learn.
 */
export async function writeTrainingPair(folder: string, size: number): Promise<void> {
  const luma = drawWaves(size, (wave) => [0.6 * wave(2) + 0.4 * wave(9)]);
  const chroma = drawWaves(size, (wave) => [0.2 + 0.3 * wave(2), -0.1 + 0.3 * wave(1)]);
  await writeFloats(path.join(folder, LUMA), luma);
  await writeFloats(path.join(folder, CHROMA), chroma);
}
