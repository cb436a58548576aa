import { hashDistance, levelDistance, type PictureHash } from './picture-hash.js';

/** Bits of 64 up to which two pictures look the same. */
const SAME_BITS = 4;
/** In another shot they must also be as bright, levels: two dull pictures may have the same few slopes. */
const SAME_LEVELS = 12;

/**
 * The pictures that were taken, to compare with. All of the film's are kept (some 400 bytes each), since dialogue cuts
 * back and forth between the same two views.
 */
export class SeenPictures {
  private readonly taken: { readonly hash: PictureHash; readonly shot: number }[] = [];

  /** Whether the result has a picture that looks like this one. */
  has(hash: PictureHash, shot: number): boolean {
    // The likeliest is the last.
    return this.taken.findLast((other) => alike(other, { hash, shot })) !== undefined;
  }

  add(hash: PictureHash, shot: number): void {
    this.taken.push({ hash, shot });
  }
}

interface Taken {
  readonly hash: PictureHash;
  readonly shot: number;
}

function alike(a: Taken, b: Taken): boolean {
  if (hashDistance(a.hash, b.hash) > SAME_BITS) return false;
  return a.shot === b.shot || levelDistance(a.hash, b.hash) <= SAME_LEVELS;
}
