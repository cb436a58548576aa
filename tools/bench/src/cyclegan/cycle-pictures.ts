import path from 'node:path';
import { readFloats, writeFloats } from '../float-files.js';
import { drawWaves } from '../step/waves.js';

const GREY = 'grey.f32';
const COLOUR = 'colour.f32';

export interface CyclePictures {
  readonly grey: Float32Array;
  readonly colour: Float32Array;
}

/** Writes one picture of each kind, `size × size × 3` in −1..1; they do not belong together, as in training. */
export async function writeCyclePictures(folder: string, size: number): Promise<void> {
  const grey = drawWaves(size, (wave) => {
    const luma = 0.6 * wave(2) + 0.4 * wave(9);
    return [luma, luma, luma];
  });
  const colour = drawWaves(size, (wave) => [0.2 + 0.5 * wave(3), 0.5 * wave(1) - 0.1, 0.6 * wave(5)]);
  await writeFloats(path.join(folder, GREY), grey);
  await writeFloats(path.join(folder, COLOUR), colour);
}

export async function readCyclePictures(folder: string): Promise<CyclePictures> {
  const [grey, colour] = [await readFloats(path.join(folder, GREY)), await readFloats(path.join(folder, COLOUR))];
  return { grey, colour };
}
