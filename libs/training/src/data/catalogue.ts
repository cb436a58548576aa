import { createHash } from 'node:crypto';
import path from 'node:path';
import { TrainingError } from '../config/training-error.js';
import { NO_COLOURS } from './colourless.js';
import { listPictures } from './list-pictures.js';
import { lookAtPictures, type Drawable, type KnownPicture, type LookOptions } from './look-at-pictures.js';
import type { DrawnSet, PictureSet, SkippedPicture } from './types.js';

/** Pictures that are drawn together. */
export interface CataloguedSet {
  readonly weight: number;
  readonly pictures: readonly Drawable[];
  readonly record: DrawnSet;
}

export interface Catalogue {
  readonly bw: readonly CataloguedSet[];
  readonly color: readonly CataloguedSet[];
  readonly skipped: readonly SkippedPicture[];
  /** SHA-256 of the files of all sets, hexadecimal. */
  readonly contents: ReadonlySet<string>;
}

interface CatalogueOptions extends LookOptions {
  readonly bw: readonly PictureSet[];
  readonly color: readonly PictureSet[];
  /** Files that are passed over without a word. */
  readonly exclude: ReadonlySet<string>;
}

/**
 * Looks at every picture of the sets once, also where it is in several of them: what cannot be used is told and left
 * out.
 * @throws TrainingError `BAD_DATA` for a folder that cannot be read or a set without a picture
 */
export async function catalogue({ bw, color, exclude, ...looking }: CatalogueOptions): Promise<Catalogue> {
  const list = async ({ folder, match }: PictureSet): Promise<string[]> =>
    (await listPictures(folder, match)).filter((file) => !exclude.has(file));
  const listed = { bw: await Promise.all(bw.map(list)), color: await Promise.all(color.map(list)) };
  const ofBw = new Set(listed.bw.flat());
  const files = [...new Set([...ofBw, ...listed.color.flat()])];
  const { known, skipped } = await lookAtPictures(
    files.map((file) => ({ file, needsColour: !ofBw.has(file) })),
    looking,
  );
  const inBoth = new Set(listed.color.flat().filter((file) => known.get(file)?.colourless === true));
  for (const file of inBoth) skipped.push({ name: path.basename(file), reason: NO_COLOURS });
  return {
    bw: bw.map((set, i) => catalogued(set, listed.bw[i]!, (file) => known.get(file))),
    color: color.map((set, i) =>
      catalogued(set, listed.color[i]!, (file) => (inBoth.has(file) ? undefined : known.get(file))),
    ),
    skipped,
    contents: new Set([...known.values()].map(({ sha256 }) => sha256)),
  };
}

function catalogued(
  { folder, match, weight }: PictureSet,
  files: readonly string[],
  usable: (file: string) => KnownPicture | undefined,
): CataloguedSet {
  const used = files.flatMap((file) => usable(file) ?? []);
  if (used.length === 0) {
    const which = match === undefined ? folder : `${folder} (names like ${match})`;
    throw new TrainingError('BAD_DATA', `${which} holds no picture to learn from: ${files.length} were looked at (JPEG, PNG and WebP in the folder itself), ${files.length} skipped.`); // prettier-ignore
  }
  const all = createHash('sha256');
  for (const { sha256 } of used) all.update(sha256);
  return {
    weight,
    pictures: used.map(({ picture }) => picture),
    record: { weight, pictures: used.length, sha256: all.digest('hex') },
  };
}
