import type { TrainingConfig } from '../config/schema.js';
import { TrainingError } from '../config/training-error.js';
import { listPictures } from '../data/index.js';
import { evenly } from './evenly.js';

/** One of so many training pictures is held out where no folder for validation is named. */
const ONE_OF = 20;
const MOST_TAKEN = 50;

export interface HeldOut {
  readonly files: readonly string[];
  /** Those of them that lie among the training pictures, and must not be trained with. */
  readonly taken: ReadonlySet<string>;
}

/**
 * What a run is validated with: the pictures of a folder of its own, or every twentieth of the training pictures, which
 * are then kept from training. Fewer than twenty pictures are all trained with.
 * @throws TrainingError `BAD_DATA` when the folder cannot be read or holds none
 */
export async function heldOut({ validation, data }: Pick<TrainingConfig, 'validation' | 'data'>): Promise<HeldOut> {
  if (validation.color !== undefined) {
    const files = evenly(await listPictures(validation.color), validation.most);
    if (files.length > 0) return { files, taken: new Set() };
    throw new TrainingError('BAD_DATA', `${validation.color} holds no picture to validate with.`);
  }
  const lists = await Promise.all(data.color.map(({ folder, match }) => listPictures(folder, match)));
  const all = [...new Set(lists.flat())].sort();
  const files = evenly(all, Math.min(MOST_TAKEN, validation.most, Math.floor(all.length / ONE_OF)));
  return { files, taken: new Set(files) };
}
