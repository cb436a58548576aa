import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Studio } from '../painter.js';
import { standInPainter, type StandInOptions } from './stand-in-painter.js';

export const STAND_IN = 'stand-in';

/** Paints with stand-ins, whatever the model. @param folder where the files of the model `stand-in` are written */
export async function standInStudio(folder: string, options: StandInOptions, weights = STAND_IN): Promise<Studio> {
  const weightsSha256 = createHash('sha256').update(weights).digest('hex');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'weights.bin'), weights);
  await writeFile(path.join(folder, 'model.json'), '{}');
  await writeFile(path.join(folder, 'kinemacolor.json'), JSON.stringify({ name: STAND_IN, version: '1', renderSize: 256, weightsSha256 })); // prettier-ignore
  return {
    models: [{ name: STAND_IN, folder }],
    open: () => Promise.resolve(standInPainter(options)),
    check: () => Promise.resolve(undefined),
  };
}
