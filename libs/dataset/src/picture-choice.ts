import type { Skipped } from './dataset-index.js';
import { isBlank } from './empty-pictures.js';
import { greyPlane } from './grey-plane.js';
import { hashPicture } from './picture-hash.js';
import { SeenPictures } from './seen-pictures.js';
import { ShotQuota } from './shot-quota.js';
import { candidatesOf, shotOf, type Survey } from './survey.js';
import { isTitleCard } from './title-cards.js';

/** Chooses pictures from the candidates of a film, which come in order, and counts what it leaves out and why. */
export class PictureChoice {
  readonly skipped: Skipped = { perShot: 0, blank: 0, title: 0, duplicate: 0 };
  private readonly seen = new SeenPictures();
  private shot = -1;
  private quota = new ShotQuota(0, undefined);

  constructor(
    private readonly film: Survey,
    private readonly settings: { readonly every: number; readonly perShot: number | undefined },
  ) {}

  /**
   * @param rgb height × width × 3 bytes
   * @returns the number of the shot, from 0, when the picture is taken
   */
  take(frame: number, rgb: Uint8Array, width: number, height: number): number | undefined {
    const shot = shotOf(frame, this.film.shotStarts);
    if (shot !== this.shot) {
      this.quota = new ShotQuota(candidatesOf(shot, this.film, this.settings.every), this.settings.perShot);
      this.shot = shot;
    }
    const reason = this.objection(rgb, width, height);
    if (reason === undefined) return shot;
    this.skipped[reason] += 1;
    return undefined;
  }

  private objection(rgb: Uint8Array, width: number, height: number): keyof Skipped | undefined {
    if (!this.quota.allows()) return 'perShot';
    const grey = greyPlane(rgb, width, height);
    // First, as a card with few words is dark in nearly all of it.
    if (isTitleCard(grey)) return 'title';
    if (isBlank(grey)) return 'blank';
    const hash = hashPicture(grey);
    if (this.seen.has(hash, this.shot)) return 'duplicate';
    this.seen.add(hash, this.shot);
    this.quota.take();
    return undefined;
  }
}
