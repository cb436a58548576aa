import type { ResultRow } from '../result.js';
import { Sides } from '../sides.js';
import { OURS, ourSide } from '../step/step-sides.js';
import { writeCyclePictures } from './cycle-pictures.js';
import type { Held } from './held.js';
import { heldRows } from './held-rows.js';
import { STEP_FILE } from './step-file.js';

export const MEMORY_WIDTH = 32;
const SIZE = 128;
const EARLY = 50;
const LATE = 500;

/**
 * What our step holds after 50 steps and after 500, in a fresh process.
 * @param folder of the networks of {@link MEMORY_WIDTH}
 */
export async function memoryPart(folder: string, say: (line: string) => void): Promise<readonly ResultRow[]> {
  const sides = new Sides();
  const held = async (steps: number): Promise<Held> => {
    const now = (await sides.request(OURS, { do: 'held' })) as unknown as Held;
    say(`memory after ${steps} steps: ${(now.rss / 2 ** 20).toFixed(0)} MiB, ${now.tensors} tensors`);
    return now;
  };
  await writeCyclePictures(folder, SIZE);
  try {
    await sides.start(ourSide(STEP_FILE, [folder, MEMORY_WIDTH, SIZE], 'compiled'));
    await sides.request(OURS, { do: 'losses', steps: EARLY });
    const early = { steps: EARLY, held: await held(EARLY) };
    await sides.request(OURS, { do: 'time', steps: LATE - EARLY });
    const late = { steps: LATE, held: await held(LATE) };
    return heldRows(`width ${MEMORY_WIDTH}, ${SIZE} px`, early, late);
  } finally {
    await sides.close();
  }
}
