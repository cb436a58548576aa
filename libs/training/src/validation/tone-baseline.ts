import { rgbToYuv, ToneFit, type ToneMap } from '@kinemacolor/quality';
import { TrainingError } from '../config/training-error.js';
import { isColourless } from '../data/colourless.js';
import { listPictures, type PictureSet } from '../data/index.js';
import { evenly } from './evenly.js';
import { readRgb } from './read-rgb.js';

/** Pictures that are enough for a map from 256 lumas to chroma. */
const ENOUGH = 1200;

/**
 * The best fixed map from luma to chroma for some folders of colour pictures; those without colours do not count.
 * @param exclude files that it must not have seen: what is validated with
 * @throws TrainingError `BAD_DATA` where no picture is left; the reason of the signal
 */
export async function toneOf(
  sets: readonly Pick<PictureSet, 'folder' | 'match'>[],
  exclude: ReadonlySet<string> = new Set(),
  signal?: AbortSignal,
): Promise<ToneMap> {
  const fit = new ToneFit();
  let fitted = 0;
  for (const { folder, match } of sets) {
    const files = (await listPictures(folder, match)).filter((file) => !exclude.has(file));
    for (const file of evenly(files, Math.ceil(ENOUGH / sets.length))) {
      signal?.throwIfAborted();
      const image = await readRgb(file).catch(() => undefined);
      // Who reads the data says which pictures are damaged.
      if (image === undefined) continue;
      const yuv = rgbToYuv(image);
      if (isColourless(yuv.u, yuv.v)) continue;
      fit.add(yuv);
      fitted += 1;
    }
  }
  if (fitted > 0) return fit.fit();
  const folders = sets.map(({ folder }) => folder).join(', ');
  throw new TrainingError('BAD_DATA', `${folders}: no picture is left to fit the tone baseline on. Grey, sepia and damaged ones do not count, nor those that are validated with.`); // prettier-ignore
}
