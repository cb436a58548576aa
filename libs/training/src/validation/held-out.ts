import { rgbToYuv } from '@kinemacolor/quality';
import type { TrainingConfig } from '../config/schema.js';
import { TrainingError } from '../config/training-error.js';
import { isColourless } from '../data/colourless.js';
import { listPictures } from '../data/index.js';
import { evenly } from './evenly.js';
import { readRgb } from './read-rgb.js';

/** One of so many training pictures is held out where no folder for validation is named, and no more than this. */
const ONE_OF = 20;
const MOST_TAKEN = 50;

export interface HeldOut {
  readonly files: readonly string[];
  /** Those of them that lie among the training pictures, and must not be trained with. */
  readonly taken: ReadonlySet<string>;
}

/**
 * What a run is validated with: the pictures of a folder of its own, or every twentieth of the training pictures (fifty at
 * most), which are then kept from training. Fewer than twenty pictures are all trained with. A training picture that is damaged or has
 * no colours is left where it is, to be skipped and named there; the next one is held out in its place.
 * @throws TrainingError `BAD_DATA` when the folder cannot be read or holds none; the reason of the signal
 */
export async function heldOut(
  { validation, data }: Pick<TrainingConfig, 'validation' | 'data'>,
  signal?: AbortSignal,
): Promise<HeldOut> {
  if (validation.color !== undefined) {
    const files = evenly(await listPictures(validation.color), validation.most);
    if (files.length > 0) return { files, taken: new Set() };
    throw new TrainingError('BAD_DATA', `${validation.color} holds no picture to validate with.`);
  }
  const lists = await Promise.all(data.color.map(({ folder, match }) => listPictures(folder, match)));
  // In the order of the sets and not of their paths: moved data holds out the same ones.
  const all = [...new Set(lists.flat())];
  const count = Math.min(MOST_TAKEN, validation.most, Math.floor(all.length / ONE_OF));
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    const [from, to] = [i, i + 1].map((part) => Math.floor((part * all.length) / count));
    const file = await firstInColour(all.slice(from, to), signal);
    if (file !== undefined) files.push(file);
  }
  return { files, taken: new Set(files) };
}

async function firstInColour(files: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  for (const file of files) {
    signal?.throwIfAborted();
    const image = await readRgb(file).catch(() => undefined);
    if (image === undefined) continue;
    const { u, v } = rgbToYuv(image);
    if (!isColourless(u, v)) return file;
  }
  return undefined;
}
