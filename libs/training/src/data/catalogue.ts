import path from 'node:path';
import type { Piscina } from 'piscina';
import { TrainingError } from '../config/training-error.js';
import type { Planes } from './decode.js';
import { listPictures } from './list-pictures.js';
import type { ScanAnswer, ScanTask } from './picture-tasks.js';
import type { PictureSet, SkippedPicture } from './types.js';

/** A picture that can be drawn: its planes where they fit into memory, else its file. */
export type Drawable = Planes | string;

/** Pictures that are drawn together. */
export interface CataloguedSet {
  readonly weight: number;
  readonly pictures: readonly Drawable[];
}

/** Bytes that decoded pictures may still take. */
export interface Budget {
  left: number;
}

interface CatalogueOptions {
  readonly pool: Piscina;
  readonly needsColour: boolean;
  readonly budget: Budget;
  readonly skipped: SkippedPicture[];
  /** Files that are passed over without a word. */
  readonly exclude: ReadonlySet<string>;
}

/** Pictures that are looked at in one go: a bound on what waits in the pool. */
const AT_ONCE = 64;

/**
 * Looks at every picture of the sets once: what cannot be used is told and left out, what fits is kept decoded. A file
 * that is in two sets is decoded once.
 * @throws TrainingError `BAD_DATA` for a folder that cannot be read or a set without a picture
 */
export async function catalogue(
  sets: readonly PictureSet[],
  { pool, needsColour, budget, skipped, exclude }: CatalogueOptions,
): Promise<CataloguedSet[]> {
  const known = new Map<string, Drawable | undefined>();
  const listed: { weight: number; files: readonly string[] }[] = [];
  for (const { folder, match, weight } of sets) {
    const files = await listPictures(folder, match);
    listed.push({ weight, files: files.filter((file) => !exclude.has(file)) });
  }
  const files = [...new Set(listed.flatMap((set) => set.files))];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const some = files.slice(from, from + AT_ONCE);
    const keep = budget.left > 0;
    const answers = await Promise.all(
      some.map(
        (file) => pool.run({ file, needsColour, keep } satisfies ScanTask, { name: 'scan' }) as Promise<ScanAnswer>,
      ),
    );
    for (const [i, answer] of answers.entries()) {
      const file = some[i]!;
      if (!answer.use) {
        skipped.push({ name: path.basename(file), reason: answer.reason });
        known.set(file, undefined);
        continue;
      }
      const fits = answer.planes !== undefined && answer.bytes <= budget.left;
      if (fits) budget.left -= answer.bytes;
      known.set(file, fits ? answer.planes : file);
    }
  }
  return listed.map(({ weight, files: own }, i) => {
    const pictures = own.flatMap((file) => known.get(file) ?? []);
    if (pictures.length > 0) return { weight, pictures };
    const { folder, match } = sets[i]!;
    const which = match === undefined ? folder : `${folder} (names like ${match})`;
    throw new TrainingError('BAD_DATA', `${which} holds no picture to learn from: ${own.length} were looked at, ${own.length} skipped.`); // prettier-ignore
  });
}
